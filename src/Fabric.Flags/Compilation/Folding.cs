using System.Globalization;
using Fabric.Flags.Targeting;

namespace Fabric.Flags.Compilation;

/// <summary>
/// What operators find between constants. Null where the evaluator must find it: where strings are read as numbers, so that
/// there is one reading of them.
/// </summary>
internal static class Folding
{
    internal static bool? Compare(ComparisonKind kind, Scalar left, Scalar right)
    {
        if (kind is ComparisonKind.Same or ComparisonKind.NotSame)
            return Same(left, right) == (kind == ComparisonKind.Same);
        if (left.Type == ScalarType.String && right.Type == ScalarType.String)
            return Holds(kind, string.CompareOrdinal(left.Text, right.Text));
        if (left.Type == ScalarType.String || right.Type == ScalarType.String || (left.Type == ScalarType.Null) != (right.Type == ScalarType.Null))
            return null;
        return Holds(kind, left.Number.CompareTo(right.Number));
    }

    internal static bool Same(Scalar left, Scalar right) => left == right;

    /// <summary>The result of whole numbers; null where the evaluator must find it, or that it fails.</summary>
    internal static long? Calculate(Calculation kind, long left, long right)
    {
        var result = kind switch
        {
            Calculation.Add => (Int128)left + right,
            Calculation.Subtract => (Int128)left - right,
            Calculation.Multiply => (Int128)left * right,
            Calculation.Divide when right != 0 && left % right == 0 => left / right,
            Calculation.Remainder when right != 0 => left % right,
            _ => Int128.MaxValue,
        };
        return Int128.Abs(result) <= Scalar.LargestInteger ? (long)result : null;
    }

    /// <summary>A constant as an operand of a calculation; null where that is no whole number.</summary>
    internal static long? Whole(Scalar value) => value.Type switch
    {
        ScalarType.Null => 0,
        ScalarType.Boolean or ScalarType.Integer => value.Bits,
        ScalarType.String when value.Text!.Length == 0 => 0,
        ScalarType.String when long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) <= Scalar.LargestInteger => number,
        _ => null,
    };

    /// <summary>A constant as <c>cat</c> writes it; null where the evaluator must write it.</summary>
    internal static string? Text(Scalar value) => value.Type switch
    {
        ScalarType.Null => "",
        ScalarType.Boolean => value.IsTrue ? "true" : "false",
        ScalarType.Integer => value.Bits.ToString(CultureInfo.InvariantCulture),
        ScalarType.String => value.Text,
        _ => null,
    };

    private static bool Holds(ComparisonKind kind, int order) => kind switch
    {
        ComparisonKind.Equal => order == 0,
        ComparisonKind.NotEqual => order != 0,
        ComparisonKind.Less => order < 0,
        ComparisonKind.LessOrEqual => order <= 0,
        ComparisonKind.Greater => order > 0,
        _ => order >= 0,
    };
}
