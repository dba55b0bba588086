namespace Fabric.Node.Api.Usage;

/// <summary>Adds up the pages of several hosts.</summary>
internal static class FleetUsagePage
{
    /// <param name="pages">Of the hosts that answered.</param>
    /// <param name="silent">Those that did not.</param>
    /// <param name="query">What was asked for.</param>
    /// <param name="now">By which flags are stale.</param>
    public static UsageBody Of(IReadOnlyList<UsageBody> pages, IReadOnlyList<UsageHostBody> silent, UsageQuery query, DateTimeOffset now)
    {
        // Beyond the end of the shortest page that has a next one, not every host has spoken yet.
        var next = pages.Select(static page => page.Next).Where(static one => one is not null).Min(StringComparer.Ordinal);
        var flags = pages.SelectMany(static page => page.Flags)
            .Where(flag => next is null || string.CompareOrdinal(flag.Key, next) <= 0)
            .GroupBy(static flag => flag.Key, StringComparer.Ordinal).OrderBy(static flag => flag.Key, StringComparer.Ordinal)
            .Select(static same => Sum(same.Key, [.. same])).ToArray();
        return new UsageBody(
            [.. pages.SelectMany(static page => page.Hosts).Concat(silent).OrderBy(static host => host.Name, StringComparer.Ordinal)],
            flags,
            [.. pages.SelectMany(static page => page.Unknown).GroupBy(static one => one.Name, StringComparer.Ordinal)
                .Select(static same => Sum(same.Key, [.. same])).OrderByDescending(static one => one.Evaluations)],
            HostUsagePage.Stale(flags, now - query.StaleAfter),
            next);
    }

    private static FlagUsageBody Sum(string key, IReadOnlyList<FlagUsageBody> same) => new(
        key,
        same.Sum(static one => one.Evaluations),
        new DoorUsageBody(same.Sum(static one => one.Doors.Override), same.Sum(static one => one.Doors.Shared), same.Sum(static one => one.Doors.Remote)),
        new SortedDictionary<string, long>(
            same.SelectMany(static one => one.Variants).GroupBy(static one => one.Key, StringComparer.Ordinal)
                .ToDictionary(static one => one.Key, static one => one.Sum(static host => host.Value)), StringComparer.Ordinal),
        same.Sum(static one => one.Defaults),
        same.Min(static one => one.First),
        same.Max(static one => one.Last),
        Callers(same.SelectMany(static one => one.Callers)));

    private static UnknownUsageBody Sum(string name, IReadOnlyList<UnknownUsageBody> same) => new(
        name, same.Sum(static one => one.Evaluations), same.Min(static one => one.First), same.Max(static one => one.Last),
        Callers(same.SelectMany(static one => one.Callers)));

    private static CallerUsageBody[] Callers(IEnumerable<CallerUsageBody> callers) =>
    [
        .. callers.GroupBy(static one => one.Exe, StringComparer.Ordinal)
            .Select(static exe => new CallerUsageBody(
                exe.Key, exe.Sum(static one => one.Evaluations), exe.Min(static one => one.First), exe.Max(static one => one.Last), exe.Sum(static one => one.Processes)))
            .OrderByDescending(static caller => caller.Evaluations),
    ];
}
