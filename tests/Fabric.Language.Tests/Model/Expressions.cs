using System.Collections.Immutable;
using System.Text.Json;

namespace Fabric.Language.Tests.Model;

/// <summary>Evaluates the rules of one flag, recursively, straight from their JSON.</summary>
/// <param name="flag">The flag's key.</param>
/// <param name="salt">What stands for it where it is hashed.</param>
/// <param name="facts">What can be asked.</param>
/// <param name="seen">What was come by.</param>
internal sealed class Expressions(string flag, string salt, Facts facts, Observations seen)
{
    internal Value Evaluate(JsonElement rule)
    {
        if (rule.ValueKind != JsonValueKind.Object)
            return Value.OfDefinition(rule);
        var operation = rule.EnumerateObject().Single();
        seen.See(operation.Name);
        // One operand may stand without a list.
        JsonElement[] operands = operation.Value.ValueKind == JsonValueKind.Array ? [.. operation.Value.EnumerateArray()] : [operation.Value];
        return operation.Name switch
        {
            "if" => If(operands),
            "and" => Deciding(operands, decides: false),
            "or" => Deciding(operands, decides: true),
            "!" => Value.Of(!IsTrue(operands)),
            "!!" => Value.Of(IsTrue(operands)),
            "===" => Value.Of(Same(operands)),
            "!==" => Value.Of(!Same(operands)),
            "==" or "!=" or "<" or "<=" or ">" or ">=" => Value.Of(Compare(operation.Name, operands)),
            "in" => Value.Of(In(operands)),
            "var" => Variable(operands),
            "missing" => new Value.List([.. operands.Select(static name => name.GetString()!).Where(IsMissing).Select(Value.Of)]),
            "starts_with" => TextTest(operands, static (text, part) => text.StartsWith(part, StringComparison.Ordinal)),
            "ends_with" => TextTest(operands, static (text, part) => text.EndsWith(part, StringComparison.Ordinal)),
            "sem_ver" => VersionTest(operands),
            "fractional" => Divide(operands),
            "cat" => Value.Of(Cat(operands)),
            "+" or "-" or "*" or "/" or "%" => Arithmetic.Calculate(operation.Name, All(operands), seen),
            _ => throw new InvalidOperationException($"the model has no {operation.Name}"),
        };
    }

    private ImmutableArray<Value> All(IEnumerable<JsonElement> operands) => [.. operands.Select(Evaluate)];

    private Value If(JsonElement[] operands)
    {
        for (var i = 0; i + 1 < operands.Length; i += 2)
        {
            if (Truth(operands[i]))
                return Evaluate(operands[i + 1]);
        }

        return operands.Length % 2 == 1 ? Evaluate(operands[^1]) : Value.Null;
    }

    private Value Deciding(JsonElement[] operands, bool decides)
    {
        var last = Value.Null;
        foreach (var operand in operands)
        {
            last = Evaluate(operand);
            Look(last);
            if (last.IsTrue == decides)
                return last;
        }

        return last;
    }

    private bool Truth(JsonElement rule)
    {
        var value = Evaluate(rule);
        Look(value);
        seen.See(value.IsTrue);
        return value.IsTrue;
    }

    private bool IsTrue(JsonElement[] operands)
    {
        if (operands.Length == 0)
            return false;
        var value = Evaluate(operands[0]);
        Look(value);
        seen.See(Departure.ListNegated, value is Value.List { Elements: [var first, ..] } && (!first.IsTrue || first is Value.Container));
        return value.IsTrue;
    }

    private void Look(Value value) => seen.See(Departure.EmptyObject, value is Value.Container { IsEmpty: true });

    private bool Same(JsonElement[] operands)
    {
        var (left, right) = (Evaluate(operands[0]), Evaluate(operands[1]));
        seen.See(Departure.NeverSame, left is Value.List or Value.Container && right.GetType() == left.GetType());
        return left.IsSame(right);
    }

    private string Cat(JsonElement[] operands)
    {
        var parts = All(operands);
        seen.See(Departure.NullWritten, parts.Contains(Value.Null));
        return string.Concat(parts.Select(part => Membership.Write(part, seen)));
    }

    private bool Compare(string op, JsonElement[] operands)
    {
        var left = Evaluate(operands[0]);
        var right = Evaluate(operands[1]);
        return Comparison.Holds(op, left, right, seen)
            && (operands.Length == 2 || Comparison.Holds(op, right, Evaluate(operands[2]), seen));
    }

    private bool In(JsonElement[] operands)
    {
        var wanted = Evaluate(operands[0]);
        return operands[1].ValueKind == JsonValueKind.Array
            ? Membership.IsElement(wanted, All(operands[1].EnumerateArray()), seen)
            : Membership.Holds(wanted, Evaluate(operands[1]), seen);
    }

    private Value Variable(JsonElement[] operands)
    {
        var name = operands[0].ValueKind == JsonValueKind.Number ? operands[0].GetRawText() : operands[0].GetString()!;
        var value = facts.Find(name, flag);
        if (value is not Value.Nothing || operands.Length < 2)
            return value;
        seen.See(Departure.DefaultForNull);
        return Evaluate(operands[1]);
    }

    private bool IsMissing(string name)
    {
        var missing = facts.Find(name, flag) is Value.Nothing;
        seen.See(Departure.MissingNull, missing);
        return missing;
    }

    private Value TextTest(JsonElement[] operands, Func<string, string, bool> test) =>
        (Evaluate(operands[0]), Evaluate(operands[1])) is (Value.Text text, Value.Text part) ? Value.Of(test(text.Is, part.Is)) : Value.Null;

    private Value VersionTest(JsonElement[] operands)
    {
        Value[] values = [Evaluate(operands[0]), Evaluate(operands[2])];
        var (left, right) = (Version.Of(values[0]), Version.Of(values[1]));
        if (left is null || right is null)
        {
            seen.See(Departure.LooseVersion, values.Any(static value => value is Value.List || (value is Value.Text text && Version.IsLoose(text.Is))));
            return Value.Null;
        }

        var order = Version.Compare(left, right);
        return Value.Of(operands[1].GetString() switch
        {
            "=" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            ">=" => order >= 0,
            "^" => left.Major == right.Major,
            "~" => left.Major == right.Major && left.Minor == right.Minor,
            var other => throw new InvalidOperationException(other),
        });
    }

    private Value Divide(JsonElement[] operands)
    {
        var hasValue = operands[0].ValueKind != JsonValueKind.Array;
        var value = hasValue ? Evaluate(operands[0]) : Value.Null;
        var buckets = operands.Skip(hasValue ? 1 : 0)
            .Select(bucket => (Evaluate(bucket[0]), bucket.GetArrayLength() > 1 ? Evaluate(bucket[1]) : null))
            .ToArray();
        seen.See(Departure.NullSeed, hasValue && value is Value.Nothing);
        seen.See(Departure.ListSeed, value is Value.List);
        return Fractional.Choose(Hashed(value), buckets, seen);
    }

    private string? Hashed(Value value) => value switch
    {
        Value.Text text => text.Is,
        Value.Nothing when facts.Targeting() is Value.Text { Is.Length: > 0 } key => salt + key.Is,
        _ => null,
    };
}
