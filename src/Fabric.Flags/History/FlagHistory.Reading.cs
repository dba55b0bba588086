using Fabric.Flags.State;

namespace Fabric.Flags.History;

public sealed partial class FlagHistory
{
    /// <summary>Changes of one flag before a revision, newest first.</summary>
    public IEnumerable<FlagChange> OfFlag(string key, long before = long.MaxValue) =>
        _flags.TryGetValue(key, out var kept) ? NewestFirst(kept.Changes, before) : [];

    /// <summary>Changes of all flags before a revision, newest first.</summary>
    public IEnumerable<FlagChange> Newest(long before = long.MaxValue) => NewestFirst(_all, before);

    /// <summary>What is kept of the change set of this revision, by key.</summary>
    public IReadOnlyList<FlagChange> Set(long revision)
    {
        var set = new List<FlagChange>();
        for (var i = KeptChanges.LowerBound(_all, revision); i < _all.Count && _all[i].Revision == revision; i++)
            set.Add(_all[i]);
        return set;
    }

    /// <summary>What a flag was at a revision.</summary>
    /// <param name="key">The flag.</param>
    /// <param name="revision">Not after the revision of <paramref name="now"/>.</param>
    /// <param name="now">The flags as they are now.</param>
    public FlagThen At(string key, long revision, FlagSet now)
    {
        if (now.Flags.GetValueOrDefault(key) is { } flag && flag.Revision <= revision)
            return new FlagThen.Was(flag.Revision, flag.Definition.Json);

        var kept = _flags.GetValueOrDefault(key, KeptChanges.None);
        if (kept.At(revision) is { } change)
            return change.Definition is { } definition ? new FlagThen.Was(change.Revision, definition) : new FlagThen.Absent();
        if (kept.Changes.IsEmpty)
            return revision >= Since ? new FlagThen.Absent() : new FlagThen.Forgotten(Since);

        // The oldest change that is kept made the flag, and none was dropped: since the history began, there was nothing before it.
        var whole = kept.Dropped == 0 && kept.Oldest.Before == 0;
        return whole && revision >= Since ? new FlagThen.Absent() : new FlagThen.Forgotten(whole ? Since : kept.Oldest.Revision);
    }

    /// <summary>Flags that may have been another at a revision than they are in <paramref name="now"/>, by key.</summary>
    public IReadOnlyCollection<string> ChangedSince(long revision, FlagSet now)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        keys.UnionWith(now.Flags.Values.Where(flag => flag.Revision > revision).Select(static flag => flag.Key));
        for (var i = KeptChanges.LowerBound(_all, revision + 1); i < _all.Count; i++)
            keys.Add(_all[i].Key);
        return keys;
    }

    private static IEnumerable<FlagChange> NewestFirst(System.Collections.Immutable.ImmutableSortedSet<FlagChange> changes, long before)
    {
        for (var i = KeptChanges.LowerBound(changes, before) - 1; i >= 0; i--)
            yield return changes[i];
    }
}

/// <summary>What a flag was at a revision that has passed.</summary>
public abstract record FlagThen
{
    private FlagThen() { }

    /// <summary>It was there and said this.</summary>
    /// <param name="Revision">The change that had made it so.</param>
    /// <param name="Definition">As it stood in the log.</param>
    public sealed record Was(long Revision, ReadOnlyMemory<byte> Definition) : FlagThen;

    /// <summary>It did not exist.</summary>
    public sealed record Absent : FlagThen;

    /// <summary>That is no longer kept.</summary>
    /// <param name="Oldest">The first revision at which it is known.</param>
    public sealed record Forgotten(long Oldest) : FlagThen;
}
