using Fabric.Bpf.Usage;
using Fabric.Flags.State;
using Fabric.Node.Usage;

namespace Fabric.Node.Api.Usage;

/// <summary>Makes a page of what one host has counted.</summary>
internal static class HostUsagePage
{
    /// <summary>Callers that are named of one flag; the others are in its sums.</summary>
    private const int MostCallers = 100;

    public static UsageBody Of(string host, UsageView view, FlagSet flags, UsageQuery query)
    {
        var byName = view.Tallies.ToLookup(static tally => tally.Key.Flag, StringComparer.Ordinal);
        var wanted = query.Flag is { } one
            ? flags.Flags.TryGetValue(one, out var flag) ? [flag] : []
            : flags.Flags.Values.SkipWhile(flag => query.After is not null && string.CompareOrdinal(flag.Key, query.After) <= 0).Take(query.Limit + 1).ToArray();
        var page = wanted.Take(query.Limit).Select(flag => Flag(flag.Key, byName[flag.Key], view)).ToArray();
        return new UsageBody(
            [new UsageHostBody(host, Answered: true, Error: null, view.Since, view.Beyond, view.Unread, view.OutOfMemory)],
            page,
            query.After is null ? Unknown(byName, view, flags, query.Flag) : [],
            Stale(page, view.Now - query.StaleAfter),
            wanted.Length > query.Limit ? page[^1].Key : null);
    }

    /// <summary>Flags that nobody asked for since then, or ever.</summary>
    public static IReadOnlyList<string> Stale(IEnumerable<FlagUsageBody> flags, DateTimeOffset since) =>
        [.. flags.Where(flag => flag.Last is null || flag.Last < since).Select(static flag => flag.Key)];

    private static FlagUsageBody Flag(string key, IEnumerable<KeyValuePair<UsageKey, UsageTally>> tallies, UsageView view)
    {
        var all = tallies.Where(static one => one.Value.Evaluations > 0).ToArray();
        var sum = new UsageTally();
        foreach (var (_, tally) in all)
            sum.Add(tally);
        return new FlagUsageBody(
            key, sum.Evaluations, new DoorUsageBody(By(UsageDoor.Override), By(UsageDoor.Shared), By(UsageDoor.Remote)),
            new SortedDictionary<string, long>(sum.Variants ?? [], StringComparer.Ordinal), sum.Defaults,
            all.Length > 0 ? sum.First : null, Last(all, view), Callers(all, view));

        long By(UsageDoor door) => all.Where(one => one.Key.Door == door).Sum(static one => one.Value.Evaluations);
    }

    private static UnknownUsageBody[] Unknown(
        ILookup<string, KeyValuePair<UsageKey, UsageTally>> byName, UsageView view, FlagSet flags, string? only) =>
    [
        .. from name in byName
           where !flags.Flags.ContainsKey(name.Key) && (only is null || only == name.Key)
           let missed = name.Where(static one => one.Key.Missed && one.Value.Evaluations > 0).ToArray()
           where missed.Length > 0
           orderby missed.Sum(static one => one.Value.Evaluations) descending, name.Key
           select new UnknownUsageBody(
               name.Key, missed.Sum(static one => one.Value.Evaluations), missed.Min(static one => one.Value.First), Last(missed, view), Callers(missed, view)),
    ];

    private static DateTimeOffset? Last(IEnumerable<KeyValuePair<UsageKey, UsageTally>> tallies, UsageView view) =>
        tallies.Max(one => view.Seen.TryGetValue(one.Key, out var seen) ? seen.Last : (DateTimeOffset?)null);

    private static CallerUsageBody[] Callers(IEnumerable<KeyValuePair<UsageKey, UsageTally>> tallies, UsageView view) =>
    [
        .. tallies.GroupBy(static one => one.Key.Exe, StringComparer.Ordinal)
            .Select(exe => new CallerUsageBody(
                exe.Key, exe.Sum(static one => one.Value.Evaluations), exe.Min(static one => one.Value.First), Last(exe, view), exe.Max(static one => one.Value.Processes)))
            .OrderByDescending(static caller => caller.Evaluations).Take(MostCallers),
    ];
}
