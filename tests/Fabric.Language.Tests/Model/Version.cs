using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Fabric.Language.Tests.Model;

/// <summary>A semantic version.</summary>
internal sealed partial record Version(BigInteger Major, BigInteger Minor, BigInteger Patch, string[] Words)
{
    private const int MaxBytes = 256;
    private static readonly BigInteger MaxNumber = Rational.TwoTo53 - 1;

    /// <summary>The version that a value is; null where it is none.</summary>
    internal static Version? Of(Value value)
    {
        var text = value switch
        {
            Value.Text written => written.Is,
            Value.Number number => NumberText.Write(number),
            _ => null,
        };
        if (text is null || text.Length > MaxBytes || Pattern().Match(text) is not { Success: true } match)
            return null;
        BigInteger[] numbers = [Part(match, "major"), Part(match, "minor"), Part(match, "patch")];
        return numbers.All(static number => number <= MaxNumber)
            ? new Version(numbers[0], numbers[1], numbers[2], match.Groups["words"] is { Success: true, Value: var words } ? words.Split('.') : [])
            : null;
    }

    /// <summary>Whether JavaScript may find a version in a text that is none.</summary>
    internal static bool IsLoose(string text) =>
        text.Trim('\ufeff').Trim() != text || text.StartsWith("vv", StringComparison.OrdinalIgnoreCase) || text.Length > MaxBytes || ManyDigits().IsMatch(text);

    /// <summary>Less than 0 where <paramref name="left"/> comes first, by section 11 of Semantic Versioning.</summary>
    internal static int Compare(Version left, Version right)
    {
        foreach (var order in (int[])[left.Major.CompareTo(right.Major), left.Minor.CompareTo(right.Minor), left.Patch.CompareTo(right.Patch)])
        {
            if (order != 0)
                return order;
        }

        // A version without a pre-release comes after those with one.
        if (left.Words.Length == 0 || right.Words.Length == 0)
            return right.Words.Length - left.Words.Length;
        for (var i = 0; i < Math.Min(left.Words.Length, right.Words.Length); i++)
        {
            if (CompareWords(left.Words[i], right.Words[i]) is not 0 and var order)
                return order;
        }

        return left.Words.Length - right.Words.Length;
    }

    private static int CompareWords(string left, string right)
    {
        var (leftIsNumber, rightIsNumber) = (left.All(char.IsAsciiDigit), right.All(char.IsAsciiDigit));
        return leftIsNumber && rightIsNumber
            ? BigInteger.Parse(left, CultureInfo.InvariantCulture).CompareTo(BigInteger.Parse(right, CultureInfo.InvariantCulture))
            : leftIsNumber ? -1
            : rightIsNumber ? 1
            : string.CompareOrdinal(left, right);
    }

    private static BigInteger Part(Match match, string name) =>
        match.Groups[name] is { Success: true, Value: var digits } ? BigInteger.Parse(digits, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex("[0-9]{17}")]
    private static partial Regex ManyDigits();

    [GeneratedRegex(
        @"\A[vV]?(?<major>0|[1-9][0-9]*)(?:\.(?<minor>0|[1-9][0-9]*)" +
        @"(?:\.(?<patch>0|[1-9][0-9]*)(?:-(?<words>(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?" +
        @"(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?)?\z")]
    private static partial Regex Pattern();
}
