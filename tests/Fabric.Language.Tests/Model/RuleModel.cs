using System.Globalization;
using System.Text.Json;

namespace Fabric.Language.Tests.Model;

/// <summary>Every operator, as docs/flag-language.md has it.</summary>
internal sealed partial class RuleModel(Facts facts, string salt)
{
    internal Value Evaluate(JsonElement rule)
    {
        if (rule.ValueKind != JsonValueKind.Object)
            return Value.Of(rule);
        var operation = rule.EnumerateObject().Single();
        var argument = operation.Value;
        return operation.Name switch
        {
            "if" => If([.. argument.EnumerateArray()]),
            "and" => Decider(argument, decides: false),
            "or" => Decider(argument, decides: true),
            "!" => new Value.Truth(!Single(argument).IsTrue),
            "!!" => new Value.Truth(Single(argument).IsTrue),
            "===" => new Value.Truth(Evaluate(argument[0]).IsSameAs(Evaluate(argument[1]))),
            "!==" => new Value.Truth(!Evaluate(argument[0]).IsSameAs(Evaluate(argument[1]))),
            "==" or "!=" or "<" or "<=" or ">" or ">=" => Compare(operation.Name, argument),
            "in" => new Value.Truth(IsIn(Evaluate(argument[0]), Haystack(argument[1]))),
            "var" => Variable(argument),
            "missing" => new Value.Truth(argument.EnumerateArray().Any(name => facts.Of(name.GetString()!) is Value.Null)),
            "starts_with" => TextTest(argument, static (text, part) => text.StartsWith(part, StringComparison.Ordinal)),
            "ends_with" => TextTest(argument, static (text, part) => text.EndsWith(part, StringComparison.Ordinal)),
            "sem_ver" => Version(argument),
            "fractional" => Fractional(argument),
            "cat" => new Value.Text(string.Concat(argument.EnumerateArray().Select(part => Written(Evaluate(part), nothing: "")))),
            "+" or "-" or "*" or "/" or "%" => Calculate(operation.Name, [.. argument.EnumerateArray().Select(Evaluate).Select(Whole)]),
            _ => throw new InvalidOperationException($"the model has no operator {operation.Name}"),
        };
    }

    private Value Single(JsonElement argument) => argument.ValueKind == JsonValueKind.Array
        ? argument.GetArrayLength() == 0 ? new Value.Null() : Evaluate(argument[0])
        : Evaluate(argument);

    private Value If(JsonElement[] arguments)
    {
        var at = 0;
        for (; at + 1 < arguments.Length; at += 2)
        {
            if (Evaluate(arguments[at]).IsTrue)
                return Evaluate(arguments[at + 1]);
        }

        return at < arguments.Length ? Evaluate(arguments[at]) : new Value.Null();
    }

    private Value Decider(JsonElement arguments, bool decides)
    {
        Value last = new Value.Null();
        foreach (var argument in arguments.EnumerateArray())
        {
            last = Evaluate(argument);
            if (last.IsTrue == decides)
                break;
        }

        return last;
    }

    private Value Variable(JsonElement argument)
    {
        var (name, otherwise) = argument.ValueKind != JsonValueKind.Array ? (argument, default)
            : (argument[0], argument.GetArrayLength() > 1 ? argument[1] : default);
        var text = name.ValueKind == JsonValueKind.String ? name.GetString()! : name.GetInt64().ToString(CultureInfo.InvariantCulture);
        var fact = facts.Of(text);
        return fact is Value.Null && otherwise.ValueKind != JsonValueKind.Undefined ? Evaluate(otherwise) : fact;
    }

    private Value TextTest(JsonElement arguments, Func<string, string, bool> test) =>
        (Evaluate(arguments[0]), Evaluate(arguments[1])) is (Value.Text text, Value.Text part)
            ? new Value.Truth(test(text.Is, part.Is))
            : new Value.Null();

    /// <summary>A list literal may hold rules.</summary>
    private Value Haystack(JsonElement argument) => argument.ValueKind == JsonValueKind.Array
        ? new Value.Sequence([.. argument.EnumerateArray().Select(Evaluate)])
        : Evaluate(argument);

    private static bool IsIn(Value needle, Value haystack) => haystack switch
    {
        Value.Sequence list => Array.Exists(list.Elements, element => element.IsSameAs(needle)),
        _ when !haystack.IsTrue => false,
        Value.Text text => text.Is.Contains(Written(needle, nothing: "null"), StringComparison.Ordinal),
        _ => throw new FailedException("in something that holds nothing"),
    };

    private static string Written(Value value, string nothing) => value switch
    {
        Value.Null => nothing,
        Value.Truth truth => truth.Is ? "true" : "false",
        Value.Text text => text.Is,
        Value.Number number => NumberText.Write(number.Is) ?? throw new FailedException("a number with an exponent"),
        _ => throw new FailedException("a list or an object as a text"),
    };

    private Value Version(JsonElement arguments)
    {
        var (left, right) = (VersionOf(Evaluate(arguments[0])), VersionOf(Evaluate(arguments[2])));
        if (left is null || right is null)
            return new Value.Null();
        var order = left.CompareTo(right);
        return new Value.Truth(arguments[1].GetString() switch
        {
            "=" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            ">=" => order >= 0,
            "^" => left.Major == right.Major,
            _ => left.Major == right.Major && left.Minor == right.Minor,
        });
    }

    private static SemanticVersion? VersionOf(Value value) => value switch
    {
        Value.Text text => SemanticVersion.Read(text.Is),
        Value.Number number => NumberText.Write(number.Is) is { } written ? SemanticVersion.Read(written) : null,
        _ => null,
    };

    private Value Fractional(JsonElement arguments)
    {
        var hasValue = arguments[0].ValueKind != JsonValueKind.Array;
        var value = hasValue ? Evaluate(arguments[0]) : new Value.Null();
        var shares = arguments.EnumerateArray().Skip(hasValue ? 1 : 0)
            .Select(share => (Variant: Evaluate(share[0]), Weight: share.GetArrayLength() > 1 ? WeightOf(Evaluate(share[1])) : 1)).ToArray();
        var text = value is Value.Null && facts.TargetingKey is { Length: > 0 } key ? salt + key : (value as Value.Text)?.Is;
        if (text is null || Array.Exists(shares, static share => share.Weight is null))
            return new Value.Null();
        var total = shares.Sum(static share => (decimal)share.Weight!.Value);
        if (total is <= 0 or > int.MaxValue)
            return new Value.Null();
        var point = (Murmur3.Of(text) * (ulong)total) >> 32;
        var sum = 0UL;
        foreach (var (variant, weight) in shares)
        {
            sum += (ulong)weight!.Value;
            if (point < sum)
                return variant;
        }

        throw new InvalidOperationException("the point lies in one of the shares");
    }

    /// <summary>Null where it is no whole number.</summary>
    private static long? WeightOf(Value weight) => weight switch
    {
        Value.Null => 1,
        Value.Number number when IsWhole(number.Is) => (long)Math.Max(0, number.Is),
        _ => null,
    };
}
