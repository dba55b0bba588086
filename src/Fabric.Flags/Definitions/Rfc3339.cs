using System.Globalization;
using System.Text.RegularExpressions;

namespace Fabric.Flags.Definitions;

/// <summary>Times as RFC 3339 writes them.</summary>
internal static partial class Rfc3339
{
    /// <summary>What a time must be, for whoever wrote one that is not.</summary>
    internal const string Form = "must be a time from 1970 to 2199 such as \"2026-12-01T09:00:00Z\" (RFC 3339)";

    private static readonly DateTimeOffset First = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset End = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static DateTimeOffset? Parse(string text) =>
        Shape().IsMatch(text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time)
        && time >= First && time < End
            ? time
            : null;

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?([Zz]|[+-][0-9]{2}:[0-9]{2})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
