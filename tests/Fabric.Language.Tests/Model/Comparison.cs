namespace Fabric.Language.Tests.Model;

/// <summary>==, !=, &lt;, &lt;=, &gt; and &gt;= with their coercions.</summary>
internal static class Comparison
{
    internal static bool Holds(string op, Value left, Value right, Observations seen)
    {
        if (left is Value.Text a && right is Value.Text b)
            return Holds(op, string.CompareOrdinal(a.Is, b.Is));
        if (left is Value.Text or Value.Nothing && right is Value.Text or Value.Nothing)
            return HoldsOfNull(op, left, right, seen);
        var (x, y) = (ToNumber(left, seen), ToNumber(right, seen));
        if (x is null || y is null)
            throw new EvaluationFailedException($"{op} of what is no number");
        return Holds(op, x.Value.CompareTo(y.Value));
    }

    /// <summary>The number that a value is compared as, or null for what is none.</summary>
    internal static Rational? ToNumber(Value value, Observations seen)
    {
        switch (value)
        {
            case Value.Nothing:
                return Rational.Of(0L);
            case Value.Truth truth:
                return Rational.Of(truth.Holds ? 1L : 0L);
            case Value.Number number:
                return number.Is;
            case Value.Text text:
                var read = NumberText.Read(text.Is);
                seen.See(Departure.NumberRefused, read is null && LooksLikeANumberToJavaScript(text.Is));
                return read;
            default:
                return null;
        }
    }

    private static bool HoldsOfNull(string op, Value left, Value right, Observations seen)
    {
        if (op is "==" or "!=")
            return (left is Value.Nothing && right is Value.Nothing) == (op == "==");
        return ToNumber(left, seen) is { } x && ToNumber(right, seen) is { } y && Holds(op, x.CompareTo(y));
    }

    private static bool Holds(string op, int order) => op switch
    {
        "==" => order == 0,
        "!=" => order != 0,
        "<" => order < 0,
        "<=" => order <= 0,
        ">" => order > 0,
        ">=" => order >= 0,
        _ => throw new InvalidOperationException(op),
    };

    /// <summary>At least all that it takes for one.</summary>
    private static bool LooksLikeANumberToJavaScript(string text)
    {
        var trimmed = text.Trim([.. " \t\n\v\f\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff", .. Enumerable.Range(0x2000, 11).Select(static c => (char)c)]);
        return trimmed.Length == 0 || trimmed.EndsWith("Infinity", StringComparison.Ordinal)
            || trimmed.StartsWith("0x", StringComparison.OrdinalIgnoreCase) || trimmed.StartsWith("0o", StringComparison.OrdinalIgnoreCase)
            || trimmed.StartsWith("0b", StringComparison.OrdinalIgnoreCase) || double.TryParse(trimmed, System.Globalization.CultureInfo.InvariantCulture, out _);
    }
}
