using System.Globalization;
using System.Numerics;

namespace Fabric.Language.Tests.Model;

/// <summary>Between numbers and their texts.</summary>
internal static class NumberText
{
    private const string White = " \t\n\v\f\r";
    private const int Digits = 19;
    private const double LargestWhole = 9_007_199_254_740_992;

    /// <summary>The number that a string is read as; null where it is none.</summary>
    internal static double? Read(string text)
    {
        var rest = text.Trim(White.ToCharArray());
        if (rest.Length == 0)
            return 0;
        var negative = rest[0] == '-';
        if (rest[0] is '-' or '+')
            rest = rest[1..];
        var (mantissa, exponent) = (rest, "0");
        if (rest.IndexOfAny(['e', 'E']) is >= 0 and var at)
            (mantissa, exponent) = (rest[..at], rest[(at + 1)..]);
        var parts = mantissa.Split('.');
        if (parts.Length > 2 || !parts.All(AreDigits) || parts.All(static part => part.Length == 0) || !IsExponent(exponent))
            return null;
        var all = string.Concat(parts);
        var shift = BigInteger.Parse(exponent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) - (parts.Length == 2 ? parts[1].Length : 0);
        if (Plain(all, shift) is not { } plain)
            return null;
        var value = double.Parse(plain, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        return negative ? -value : value;
    }

    /// <summary>As JSON has it; null for a number that JavaScript would write with an exponent, or that the language does not write.</summary>
    internal static string? Write(double value)
    {
        if (value == 0)
            return "0";
        if (Math.Abs(value) is > LargestWhole or < 1e-6)
            return null;
        // The shortest digits that read back as the same double, as d.ddddE+n.
        var shortest = value.ToString("E16", CultureInfo.InvariantCulture);
        for (var precision = 0; precision <= 16; precision++)
        {
            var shorter = value.ToString($"E{precision}", CultureInfo.InvariantCulture);
            if (double.Parse(shorter, CultureInfo.InvariantCulture) == value)
            {
                shortest = shorter;
                break;
            }
        }

        var sign = value < 0 ? "-" : "";
        var digits = shortest[..shortest.IndexOf('E', StringComparison.Ordinal)].Replace(".", "", StringComparison.Ordinal).TrimStart('-');
        var power = int.Parse(shortest[(shortest.IndexOf('E', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture) + 1;
        if (digits.Length - power > Digits)
            return null;
        if (power <= 0)
            return $"{sign}0.{new string('0', -power)}{digits}";
        return power >= digits.Length
            ? $"{sign}{digits}{new string('0', power - digits.Length)}"
            : $"{sign}{digits[..power]}.{digits[power..]}";
    }

    /// <summary>The digits with their point where it belongs; null where there are more than the language allows.</summary>
    private static string? Plain(string digits, BigInteger shift)
    {
        var counting = digits.TrimStart('0');
        shift += counting.Length - counting.TrimEnd('0').Length;
        counting = counting.TrimEnd('0');
        if (counting.Length == 0)
            return "0";
        var before = counting.Length + shift;
        if (counting.Length > Digits || before > Digits || -shift > Digits)
            return null;
        if (shift >= 0)
            return counting + new string('0', (int)shift);
        return before > 0
            ? $"{counting[..(int)before]}.{counting[(int)before..]}"
            : $"0.{new string('0', (int)-before)}{counting}";
    }

    private static bool AreDigits(string text) => text.All(char.IsAsciiDigit);

    private static bool IsExponent(string text)
    {
        var digits = text.Length > 0 && (text[0] is '+' or '-') ? text[1..] : text;
        return digits.Length > 0 && AreDigits(digits);
    }
}
