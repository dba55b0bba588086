using System.Collections.Immutable;
using System.Text.Json;
using Fabric.Flags.Definitions;

namespace Fabric.Flags.Targeting;

/// <summary>
/// Reads JSONLogic as flagd's schema has it, and names everything in it that the schema refuses. What is wrong becomes
/// a constant, so that the rest is still looked at.
/// </summary>
internal sealed partial class ExpressionParser(ImmutableArray<Problem>.Builder problems)
{
    private delegate Expression Reader(ExpressionParser parser, JsonElement value, string place);

    private static readonly Dictionary<string, Reader> Operators = new(StringComparer.Ordinal)
    {
        ["var"] = static (parser, value, place) => parser.Variable(value, place),
        ["missing"] = static (parser, value, place) => parser.Missing(value, place),
        ["missing_some"] = static (parser, value, place) => parser.MissingSome(value, place),
        ["if"] = static (parser, value, place) => new Expression.Choice(place, parser.Arguments(value, place, 1)),
        ["and"] = static (parser, value, place) => new Expression.EveryOf(place, parser.Arguments(value, place, 1)),
        ["or"] = static (parser, value, place) => new Expression.AnyOf(place, parser.Arguments(value, place, 1)),
        ["!"] = static (parser, value, place) => new Expression.Negation(place, parser.Unary(value, place)),
        ["!!"] = static (parser, value, place) => new Expression.Truth(place, parser.Unary(value, place)),
        ["=="] = Comparing(ComparisonKind.Equal, 2),
        ["!="] = Comparing(ComparisonKind.NotEqual, 2),
        ["==="] = Comparing(ComparisonKind.Same, 2),
        ["!=="] = Comparing(ComparisonKind.NotSame, 2),
        ["<"] = Comparing(ComparisonKind.Less, 3),
        ["<="] = Comparing(ComparisonKind.LessOrEqual, 3),
        [">"] = Comparing(ComparisonKind.Greater, 2),
        [">="] = Comparing(ComparisonKind.GreaterOrEqual, 2),
        ["in"] = static (parser, value, place) => parser.Arguments(value, place, 2, 2) is [var needle, var haystack]
            ? new Expression.Membership(place, needle, haystack)
            : Wrong(place),
        ["starts_with"] = static (parser, value, place) => parser.StringTest(value, place, atEnd: false),
        ["ends_with"] = static (parser, value, place) => parser.StringTest(value, place, atEnd: true),
        ["sem_ver"] = static (parser, value, place) => parser.VersionTest(value, place),
        ["fractional"] = static (parser, value, place) => parser.Fractional(value, place),
        ["cat"] = static (parser, value, place) => new Expression.Cat(place, parser.Arguments(value, place, 1)),
        ["+"] = Calculating(Calculation.Add, 1),
        ["-"] = Calculating(Calculation.Subtract, 1),
        ["*"] = Calculating(Calculation.Multiply, 2),
        ["/"] = Calculating(Calculation.Divide, 2, 2),
        ["%"] = Calculating(Calculation.Remainder, 2, 2),
        ["map"] = Remote("map", 2, 2),
        ["filter"] = Remote("filter", 2, 2),
        ["all"] = Remote("all", 2, 2),
        ["some"] = Remote("some", 2, 2),
        ["none"] = Remote("none", 2, 2),
        ["reduce"] = Remote("reduce", 3, 3),
        ["merge"] = Remote("merge", 1),
        ["max"] = Remote("max", 1),
        ["min"] = Remote("min", 1),
        ["substr"] = Remote("substr", 2, 3),
    };

    /// <summary>Any expression: a constant, a list or an operation.</summary>
    public Expression Parse(JsonElement element, string place) => element.ValueKind switch
    {
        JsonValueKind.Object => Operation(element, place),
        JsonValueKind.Array => new Expression.ListLiteral(place, Elements(element, place)),
        _ => new Expression.Constant(place, Scalar.Of(element)),
    };

    private Expression Operation(JsonElement element, string place)
    {
        using var properties = element.EnumerateObject().GetEnumerator();
        if (!properties.MoveNext())
            return Refuse(place, "an empty object is no rule; it holds one operator");
        var first = properties.Current;
        if (properties.MoveNext())
            return Refuse(Pointer.Child(place, properties.Current.Name), $"a rule holds one operator, and \"{first.Name}\" stands there already");
        if (first.Name == "$ref")
            return Refuse(Pointer.Child(place, "$ref"), "a reference needs the file it stands in: import the file");
        if (Operators.TryGetValue(first.Name, out var reader))
            return reader(this, first.Value, Pointer.Child(place, first.Name));
        return Refuse(Pointer.Child(place, first.Name), Spelling.Meant(first.Name, Operators.Keys.Where(static name => name.Length > 3)) is { } meant
            ? $"there is no such operator; did you mean \"{meant}\"?"
            : "there is no such operator");
    }

    /// <summary>An operator's arguments, or none when their number is wrong.</summary>
    private ImmutableArray<Expression> Arguments(JsonElement value, string place, int least, int most = int.MaxValue)
    {
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() is var count && count >= least && count <= most)
            return Elements(value, place);
        var number = least == most ? $"{least}" : most == int.MaxValue ? $"at least {least}" : $"{least} to {most}";
        Refuse(place, value.ValueKind == JsonValueKind.Array
            ? $"takes {number} argument{(number.EndsWith('1') ? "" : "s")}, and here are {value.GetArrayLength()}"
            : $"takes an array of {number} argument{(number.EndsWith('1') ? "" : "s")}, not {DefinitionParser.Named(value.ValueKind)}");
        return [];
    }

    private ImmutableArray<Expression> Elements(JsonElement array, string place)
    {
        var elements = ImmutableArray.CreateBuilder<Expression>(array.GetArrayLength());
        foreach (var element in array.EnumerateArray())
            elements.Add(Parse(element, Pointer.Child(place, elements.Count)));
        return elements.MoveToImmutable();
    }

    /// <summary>The operand of ! and !!: the first of an array, or whatever else stands there by itself.</summary>
    private Expression Unary(JsonElement value, string place)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return Parse(value, place);
        return Elements(value, place) is [var first, ..] ? first : new Expression.Constant(place, Scalar.Null);
    }

    private Expression StringTest(JsonElement value, string place, bool atEnd)
    {
        if (Arguments(value, place, 2, 2) is not [var text, var part])
            return Wrong(place);
        foreach (var operand in (Expression[])[text, part])
        {
            if (operand is Expression.ListLiteral or Expression.Constant { Value.Type: not ScalarType.String } && !IsObject(value, operand == text ? 0 : 1))
                Refuse(operand.Place, "must be a string or a rule");
        }

        return new Expression.StringTest(place, atEnd, text, part);
    }

    private Expression VersionTest(JsonElement value, string place)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 3)
            return Refuse(place, "takes [version, operator, version]");
        var kind = value[1].ValueKind == JsonValueKind.String ? VersionOperator(value[1].GetString()!) : null;
        if (kind is null)
            Refuse(Pointer.Child(place, 1), "must be one of = != < <= > >= ^ ~");
        return new Expression.VersionTest(place, Version(value[0], Pointer.Child(place, 0)), kind ?? default, Version(value[2], Pointer.Child(place, 2)));
    }

    private Expression Version(JsonElement value, string place)
    {
        var version = Parse(value, place);
        var sound = value.ValueKind switch
        {
            JsonValueKind.String => SemanticVersion.IsStrict(value.GetString()!),
            JsonValueKind.Object => value.TryGetProperty("var", out _),
            _ => false,
        };
        return sound ? version : Refuse(place, "must be a version such as \"1.2.3\" (semver.org), or a \"var\"");
    }

    private static VersionComparison? VersionOperator(string name) => name switch
    {
        "=" => VersionComparison.Equal,
        "!=" => VersionComparison.NotEqual,
        "<" => VersionComparison.Less,
        "<=" => VersionComparison.LessOrEqual,
        ">" => VersionComparison.Greater,
        ">=" => VersionComparison.GreaterOrEqual,
        "^" => VersionComparison.SameMajor,
        "~" => VersionComparison.SameMinor,
        _ => null,
    };

    private static bool IsObject(JsonElement array, int index) => array[index].ValueKind == JsonValueKind.Object;

    private static Reader Comparing(ComparisonKind kind, int most) => (parser, value, place) =>
        parser.Arguments(value, place, 2, most) is { Length: > 0 } operands ? new Expression.Comparison(place, kind, operands) : Wrong(place);

    private static Reader Calculating(Calculation kind, int least, int most = int.MaxValue) => (parser, value, place) =>
        parser.Arguments(value, place, least, most) is { Length: > 0 } operands ? new Expression.Arithmetic(place, kind, operands) : Wrong(place);

    private static Reader Remote(string name, int least, int most = int.MaxValue) => (parser, value, place) =>
    {
        _ = parser.Arguments(value, place, least, most);
        return new Expression.HttpOnly(place, $"\"{name}\" is evaluated over HTTP only");
    };

    private Expression.Constant Refuse(string place, string reason)
    {
        problems.Add(new Problem(place, reason));
        return Wrong(place);
    }

    /// <summary>Stands for what was refused.</summary>
    private static Expression.Constant Wrong(string place) => new(place, Scalar.Null);
}
