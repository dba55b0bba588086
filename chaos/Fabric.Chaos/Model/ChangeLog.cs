namespace Fabric.Chaos.Model;

/// <summary>What a flag was from one revision on.</summary>
/// <param name="Since">The change that made it so; 0 for what it was before any.</param>
/// <param name="Value">Null where it was not there.</param>
internal readonly record struct FlagVersion(long Since, long? Value)
{
    /// <summary>What the flag calls its revision: 0 where it is not there.</summary>
    public long FlagRevision => Value is null ? 0 : Since;
}

/// <summary>
/// All change sets that took effect, in their order. What the hosts can still name at the end is believed; what is older than
/// that is taken from those who listened meanwhile.
/// </summary>
internal sealed class ChangeLog
{
    private readonly Dictionary<long, LoggedSet> _sets = [];
    private readonly Dictionary<string, List<FlagVersion>> _versions = new(StringComparer.Ordinal);
    private readonly Dictionary<long, LoggedSet> _byValue = [];
    private readonly long[] _revisions;

    private ChangeLog(SortedDictionary<long, LoggedSet> sets, long since, long until)
    {
        (Since, Until) = (since, until);
        foreach (var (revision, set) in sets)
        {
            _sets[revision] = set;
            foreach (var change in set.Changes)
            {
                if (!_versions.TryGetValue(change.Key, out var versions))
                    _versions[change.Key] = versions = [];
                versions.Add(new FlagVersion(revision, change.Value));
                if (change.Value is { } value)
                    _byValue.TryAdd(value, set);
            }
        }

        _revisions = [.. sets.Keys];
    }

    /// <summary>Of what came after this revision, nothing is missing.</summary>
    public long Since { get; }

    /// <summary>The last revision that a host had come to at the end.</summary>
    public long Until { get; }

    /// <summary>In the order of their revisions.</summary>
    public IEnumerable<LoggedSet> Sets => _revisions.Select(revision => _sets[revision]);

    public int Count => _revisions.Length;

    public IEnumerable<string> Keys => _versions.Keys;

    public LoggedSet? At(long revision) => _sets.GetValueOrDefault(revision);

    /// <summary>The first change set that writes a value; every value is written by one operation alone.</summary>
    public LoggedSet? Writing(long value) => _byValue.GetValueOrDefault(value);

    /// <summary>
    /// The last change set up to a revision. Entries that change nothing have revisions, too, and whether an answer counts them
    /// depends on who gives it: revisions are compared only when both are brought to this.
    /// </summary>
    public long LastUpTo(long revision)
    {
        var at = Array.BinarySearch(_revisions, revision);
        at = at < 0 ? ~at - 1 : at;
        return at >= 0 ? _revisions[at] : 0;
    }

    /// <summary>The first change set after a revision; null where there is none.</summary>
    public LoggedSet? After(long revision)
    {
        var at = Array.BinarySearch(_revisions, revision + 1);
        at = at < 0 ? ~at : at;
        return at < _revisions.Length ? _sets[_revisions[at]] : null;
    }

    /// <summary>All versions of a flag that were in force somewhere between two revisions, both included.</summary>
    public IEnumerable<FlagVersion> Between(string key, long from, long to)
    {
        yield return VersionAt(key, from);
        foreach (var version in VersionsOf(key).Skip(Behind(key, from)).TakeWhile(version => version.Since <= to))
            yield return version;
    }

    public FlagVersion VersionAt(string key, long revision) =>
        Behind(key, revision) is > 0 and var behind ? VersionsOf(key)[behind - 1] : default;

    private List<FlagVersion> VersionsOf(string key) => _versions.GetValueOrDefault(key) ?? [];

    /// <summary>How many versions of a flag had come by a revision.</summary>
    private int Behind(string key, long revision)
    {
        var versions = VersionsOf(key);
        var (low, high) = (0, versions.Count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (versions[middle].Since <= revision)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    public static ChangeLog Of(Run run)
    {
        var sets = new SortedDictionary<long, LoggedSet>();
        var until = run.Finals.Select(static final => Math.Max(final.Revision, final.Log.Select(static set => set.Revision).DefaultIfEmpty().Max())).DefaultIfEmpty().Max();
        var since = run.Finals.Select(static final => final.Since).DefaultIfEmpty(until).Min();
        foreach (var set in run.Finals.SelectMany(static final => final.Log))
        {
            // Where two hosts differ, the first is as good as the other: their difference is a finding of its own.
            if (!sets.TryAdd(set.Revision, set) && sets[set.Revision].Op is null && set.Op is not null && set.Same(sets[set.Revision]))
                sets[set.Revision] = set;
        }

        var heard = run.Subscribers.SelectMany(Heard.Of).ToList();
        while (heard.Where(part => part.To >= since && part.From < since).MinBy(static part => part.From) is { } part)
        {
            foreach (var set in part.Sets.Where(set => set.Revision <= since))
                sets.TryAdd(set.Revision, set);
            since = part.From;
        }

        return new ChangeLog(sets, since, until);
    }
}
