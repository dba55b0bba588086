using System.Globalization;
using Fabric.Flags;

namespace Fabric.Node.Api.Usage;

/// <summary>What of the usage is asked for.</summary>
/// <param name="Fleet">Of all members, added up.</param>
/// <param name="Flag">Of this name alone; null for all.</param>
/// <param name="After">Flags after this key.</param>
/// <param name="Limit">Flags at most.</param>
/// <param name="StaleAfter">A flag is stale that nobody asked for in this time.</param>
internal sealed record UsageQuery(bool Fleet, string? Flag, string? After, int Limit, TimeSpan StaleAfter)
{
    public const int MostFlags = 1000;

    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(3650);
    private static readonly (char Unit, double Seconds)[] Units = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400)];

    public static UsageQuery Parse(string? scope, string? flag, string? after, string? limit, string? staleAfter, ICollection<Problem> problems)
    {
        if (scope is not (null or "host" or "fleet"))
            problems.Add(new Problem("?scope", "must be host or fleet"));
        var page = 100;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out page) || page is < 1 or > MostFlags))
            problems.Add(new Problem("?limit", $"must be a whole number from 1 to {MostFlags}"));
        var time = staleAfter is null ? TimeSpan.FromDays(30) : ReadTime(staleAfter);
        if (time is null)
            problems.Add(new Problem("?staleAfter", "must be a whole number with its unit, such as 12h or 30d, and at most 3650d"));
        return new UsageQuery(scope == "fleet", flag, after, page, time ?? default);
    }

    /// <summary>The same, of a member alone.</summary>
    public string OfHost() => FormattableString.Invariant($"?scope=host&limit={Limit}&staleAfter={(long)StaleAfter.TotalSeconds}s")
        + (After is null ? "" : $"&after={Uri.EscapeDataString(After)}")
        + (Flag is null ? "" : $"&flag={Uri.EscapeDataString(Flag)}");

    private static TimeSpan? ReadTime(string text)
    {
        foreach (var (unit, seconds) in Units)
        {
            if (text.EndsWith(unit) && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number * seconds <= LongestTime.TotalSeconds)
            {
                return TimeSpan.FromSeconds(number * seconds);
            }
        }

        return null;
    }
}
