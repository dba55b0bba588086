using System.Globalization;
using System.Numerics;
using System.Text;

namespace Fabric.Language.Tests.Model;

/// <summary>A version by Semantic Versioning 2.0.0, with the language's allowances.</summary>
internal sealed record SemanticVersion(BigInteger Major, BigInteger Minor, BigInteger Patch, string[] PreRelease) : IComparable<SemanticVersion>
{
    private const int Bytes = 256;
    private static readonly BigInteger Most = (BigInteger.One << 53) - 1;

    internal static SemanticVersion? Read(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > Bytes)
            return null;
        var rest = text.StartsWith('v') || text.StartsWith('V') ? text[1..] : text;
        var build = Split(ref rest, '+');
        if (build is not null && !AreIdentifiers(build, numbersAreStrict: false))
            return null;
        var pre = Split(ref rest, '-');
        if (pre is not null && !AreIdentifiers(pre, numbersAreStrict: true))
            return null;
        var parts = rest.Split('.');
        if (parts.Length > 3 || !parts.All(IsNumber) || (parts.Length < 3 && (pre ?? build) is not null))
            return null;
        var numbers = parts.Select(static part => BigInteger.Parse(part, CultureInfo.InvariantCulture)).ToList();
        while (numbers.Count < 3)
            numbers.Add(0);
        return numbers.Exists(static number => number > Most) ? null : new SemanticVersion(numbers[0], numbers[1], numbers[2], pre?.Split('.') ?? []);
    }

    /// <summary>By precedence.</summary>
    public int CompareTo(SemanticVersion? other)
    {
        foreach (var (own, its) in new[] { (Major, other!.Major), (Minor, other.Minor), (Patch, other.Patch) })
        {
            if (own != its)
                return own.CompareTo(its);
        }

        if (PreRelease.Length == 0 || other.PreRelease.Length == 0)
            return other.PreRelease.Length.CompareTo(PreRelease.Length);
        foreach (var (own, its) in PreRelease.Zip(other.PreRelease))
        {
            if (Compare(own, its) is not 0 and var order)
                return order;
        }

        return PreRelease.Length.CompareTo(other.PreRelease.Length);
    }

    private static int Compare(string own, string its) => (own.All(char.IsAsciiDigit), its.All(char.IsAsciiDigit)) switch
    {
        (true, true) => BigInteger.Parse(own, CultureInfo.InvariantCulture).CompareTo(BigInteger.Parse(its, CultureInfo.InvariantCulture)),
        (true, false) => -1,
        (false, true) => 1,
        _ => string.CompareOrdinal(own, its),
    };

    private static string? Split(ref string text, char at)
    {
        var index = text.IndexOf(at, StringComparison.Ordinal);
        if (index < 0)
            return null;
        var behind = text[(index + 1)..];
        text = text[..index];
        return behind;
    }

    private static bool AreIdentifiers(string text, bool numbersAreStrict) => text.Split('.').All(part =>
        part.Length > 0 && part.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-')
        && (!numbersAreStrict || !part.All(char.IsAsciiDigit) || IsNumber(part)));

    private static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit) && (text == "0" || text[0] != '0');
}
