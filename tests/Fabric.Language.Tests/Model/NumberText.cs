using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Fabric.Language.Tests.Model;

/// <summary>Numbers as texts.</summary>
internal static partial class NumberText
{
    private const int Digits = 19;

    /// <summary>The number that a string is, or null where it is none.</summary>
    internal static Rational? Read(string text)
    {
        var trimmed = text.Trim(' ', '\t', '\n', '\v', '\f', '\r');
        if (trimmed.Length == 0)
            return Rational.Of(BigInteger.Zero);
        var match = Decimal().Match(trimmed);
        if (!match.Success)
            return null;
        var whole = match.Groups["whole"].Value;
        var fraction = match.Groups["fraction"].Value;
        if (whole.Length + fraction.Length == 0)
            return null;

        // What counts stands between leading and trailing zeros.
        var counting = (whole + fraction).TrimStart('0');
        var exponent = BigInteger.Parse("0" + match.Groups["power"].Value, CultureInfo.InvariantCulture);
        if (match.Groups["powerSign"].Value == "-")
            exponent = -exponent;
        exponent -= fraction.Length;
        exponent += counting.Length - counting.TrimEnd('0').Length;
        counting = counting.TrimEnd('0');
        if (counting.Length == 0)
            return Rational.Of(BigInteger.Zero);
        if (counting.Length > Digits || counting.Length + exponent > Digits || exponent < -Digits)
            return null;

        var number = BigInteger.Parse(counting, CultureInfo.InvariantCulture) * (match.Groups["sign"].Value == "-" ? -1 : 1);
        var exact = exponent >= 0
            ? new Rational(number * BigInteger.Pow(10, (int)exponent), 1)
            : new Rational(number, BigInteger.Pow(10, -(int)exponent));
        return Rational.OfDouble(exact.ToDouble());
    }

    /// <summary>What `cat` and `in` write for a number, or null where they fail.</summary>
    internal static string? Write(Value.Number number)
    {
        if (number.Is.IsWhole)
            return number.IsInteger || BigInteger.Abs(number.Is.Whole) <= Rational.TwoTo53 ? number.Is.Whole.ToString(CultureInfo.InvariantCulture) : null;
        if (number.Is.CompareTo(Rational.OfDouble(0.000001)) < 0 && number.Is.CompareTo(Rational.OfDouble(-0.000001)) > 0)
            return null;
        var text = Shortest(number.Is);
        return text.Length - text.IndexOf('.', StringComparison.Ordinal) - 1 <= Digits ? text : null;
    }

    /// <summary>The shortest decimal fraction that reads as this double, without an exponent.</summary>
    private static string Shortest(Rational number)
    {
        var negative = number.Over.Sign < 0;
        var written = Math.Abs(number.ToDouble()).ToString("E16", CultureInfo.InvariantCulture);
        for (var digits = 0; digits < 17; digits++)
        {
            var shorter = Math.Abs(number.ToDouble()).ToString($"E{digits}", CultureInfo.InvariantCulture);
            if (double.Parse(shorter, CultureInfo.InvariantCulture) == Math.Abs(number.ToDouble()))
            {
                written = shorter;
                break;
            }
        }

        // d.dddE+xxx
        var mark = written.IndexOf('E', StringComparison.Ordinal);
        var figures = written[..mark].Replace(".", "", StringComparison.Ordinal).TrimEnd('0');
        var point = int.Parse(written[(mark + 1)..], CultureInfo.InvariantCulture) + 1;
        var text = point <= 0 ? "0." + new string('0', -point) + figures
            : point >= figures.Length ? figures.PadRight(point, '0')
            : figures[..point] + "." + figures[point..];
        return negative ? "-" + text : text;
    }

    [GeneratedRegex(@"\A(?<sign>[+-]?)(?<whole>[0-9]*)(?:\.(?<fraction>[0-9]*))?(?:[eE](?<powerSign>[+-]?)(?<power>[0-9]+))?\z")]
    private static partial Regex Decimal();
}
