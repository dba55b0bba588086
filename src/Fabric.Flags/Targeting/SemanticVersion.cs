using System.Globalization;
using System.Text.RegularExpressions;

namespace Fabric.Flags.Targeting;

/// <summary>A semantic version: what <c>sem_ver</c> compares. Build metadata is left out.</summary>
/// <param name="Major">0 to 2^53-1.</param>
/// <param name="Minor">0 to 2^53-1; 0 where it is left out.</param>
/// <param name="Patch">0 to 2^53-1; 0 where it is left out.</param>
/// <param name="Prerelease">What stands behind the hyphen; empty for none.</param>
public sealed partial record SemanticVersion(ulong Major, ulong Minor, ulong Patch, string Prerelease)
{
    private const int LongestText = 256;
    private const ulong LargestNumber = (1UL << 53) - 1;

    /// <summary>Whether a version that stands in a rule is written in full, as flagd's schema wants it.</summary>
    internal static bool IsStrict(string text) => StrictForm().IsMatch(text);

    /// <summary>Null where <paramref name="text"/> is no version.</summary>
    public static SemanticVersion? Parse(string text)
    {
        if (text.Length > LongestText || System.Text.Encoding.UTF8.GetByteCount(text) > LongestText)
            return null;
        if (LooseForm().Match(text) is not { Success: true } match)
            return null;
        return Number(match, 1) is { } major && Number(match, 2) is { } minor && Number(match, 3) is { } patch
            ? new SemanticVersion(major, minor, patch, match.Groups[4].Value)
            : null;
    }

    /// <summary>What the operator finds between two versions.</summary>
    internal bool Is(VersionComparison kind, SemanticVersion other)
    {
        var order = Compare(other);
        return kind switch
        {
            VersionComparison.Equal => order == 0,
            VersionComparison.NotEqual => order != 0,
            VersionComparison.Less => order < 0,
            VersionComparison.LessOrEqual => order <= 0,
            VersionComparison.Greater => order > 0,
            VersionComparison.GreaterOrEqual => order >= 0,
            VersionComparison.SameMajor => Major == other.Major,
            _ => Major == other.Major && Minor == other.Minor,
        };
    }

    private int Compare(SemanticVersion other)
    {
        var order = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        if (order != 0 || Prerelease == other.Prerelease)
            return order;
        if (Prerelease.Length == 0 || other.Prerelease.Length == 0)
            return Prerelease.Length == 0 ? 1 : -1;
        var (own, theirs) = (Prerelease.Split('.'), other.Prerelease.Split('.'));
        for (var i = 0; i < Math.Min(own.Length, theirs.Length); i++)
        {
            if (Identifiers(own[i], theirs[i]) is var difference and not 0)
                return difference;
        }

        return own.Length - theirs.Length;
    }

    /// <summary>Numbers by size and before words; words by their letters.</summary>
    private static int Identifiers(string own, string theirs) => (own.All(char.IsAsciiDigit), theirs.All(char.IsAsciiDigit)) switch
    {
        (true, true) => own.Length != theirs.Length ? own.Length - theirs.Length : string.CompareOrdinal(own, theirs),
        (true, false) => -1,
        (false, true) => 1,
        _ => string.CompareOrdinal(own, theirs),
    };

    private static ulong? Number(Match match, int group)
    {
        if (!match.Groups[group].Success)
            return 0;
        return ulong.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= LargestNumber
            ? number
            : null;
    }

    private const string Numeral = @"(0|[1-9][0-9]*)";
    private const string Behind = @"(?:-((?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?";

    [GeneratedRegex($@"\A{Numeral}\.{Numeral}\.{Numeral}{Behind}\z", RegexOptions.CultureInvariant)]
    private static partial Regex StrictForm();

    /// <summary>Parts may be left out, but only where nothing stands behind them.</summary>
    [GeneratedRegex($@"\A[vV]?{Numeral}(?:\.{Numeral}(?:\.{Numeral}{Behind})?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex LooseForm();
}
