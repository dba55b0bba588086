using System.Text.Json;

namespace Fabric.Language.Tests.Model;

/// <summary>What an expression comes to. A number is a double, as in the language that the rules come from.</summary>
internal abstract record Value
{
    internal static Value Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => new Null(),
        JsonValueKind.True => new Truth(true),
        JsonValueKind.False => new Truth(false),
        JsonValueKind.Number => new Number(json.GetDouble()),
        JsonValueKind.String => new Text(json.GetString()!),
        JsonValueKind.Array => new Sequence([.. json.EnumerateArray().Select(Of)]),
        _ => new Thing(),
    };

    /// <summary>null, false, 0, NaN, "" and the empty list are false.</summary>
    internal bool IsTrue => this switch
    {
        Null => false,
        Truth truth => truth.Is,
        Number number => number.Is != 0 && !double.IsNaN(number.Is),
        Text text => text.Is.Length > 0,
        Sequence list => list.Elements.Length > 0,
        _ => true,
    };

    /// <summary>Same type and value; lists and objects are never the same.</summary>
    internal bool IsSameAs(Value other) => (this, other) switch
    {
        (Null, Null) => true,
        (Truth a, Truth b) => a.Is == b.Is,
        (Number a, Number b) => a.Is == b.Is,
        (Text a, Text b) => string.Equals(a.Is, b.Is, StringComparison.Ordinal),
        _ => false,
    };

    internal sealed record Null : Value;

    internal sealed record Truth(bool Is) : Value;

    internal sealed record Number(double Is) : Value;

    internal sealed record Text(string Is) : Value;

    internal sealed record Sequence(Value[] Elements) : Value;

    /// <summary>An object: rules see only that it is there.</summary>
    internal sealed record Thing : Value;
}

/// <summary>Evaluation fails: the program's own default runs.</summary>
internal sealed class FailedException(string why) : Exception(why);
