using System.Collections.Immutable;
using Fabric.Flags.Changes;
using Fabric.Flags.State;

namespace Fabric.Flags.History;

/// <summary>
/// The last changes of all flags after one entry of the log, deleted flags included. Immutable; each change costs the
/// logarithm of what is kept. What is kept follows from the log alone, so all hosts keep the same.
/// </summary>
public sealed partial class FlagHistory
{
    private readonly ImmutableSortedSet<FlagChange> _all;
    private readonly ImmutableSortedDictionary<string, KeptChanges> _flags;

    private FlagHistory(ImmutableSortedSet<FlagChange> all, ImmutableSortedDictionary<string, KeptChanges> flags, long bytes, long since)
    {
        _all = all;
        _flags = flags;
        Bytes = bytes;
        Since = since;
    }

    /// <summary>Before the first entry.</summary>
    public static FlagHistory Empty { get; } = Begin(0);

    /// <summary>What is kept counts for this many bytes, at most <see cref="Limits.HistoryBytes"/>.</summary>
    public long Bytes { get; }

    /// <summary>
    /// Every change after this revision is kept, but for those of flags that had more than <see cref="Limits.HistoryPerFlag"/>.
    /// </summary>
    public long Since { get; }

    /// <summary>How many changes are kept.</summary>
    public int Count => _all.Count;

    /// <summary>The changes in the order of the log; those of one set by key.</summary>
    public IReadOnlyList<FlagChange> Changes => _all;

    /// <summary>A history that knows nothing of what was until <paramref name="revision"/>.</summary>
    public static FlagHistory Begin(long revision) => new(
        ImmutableSortedSet.Create<FlagChange>(LogOrder.Instance),
        ImmutableSortedDictionary.Create<string, KeptChanges>(StringComparer.Ordinal), 0, revision);

    /// <summary>The history after a change set that was applied.</summary>
    /// <param name="revision">Its revision.</param>
    /// <param name="changes">It.</param>
    /// <param name="before">The flags that it met.</param>
    public FlagHistory After(long revision, ChangeSet changes, FlagSet before)
    {
        var (all, flags, bytes) = (_all, _flags, Bytes);
        foreach (var change in changes.Changes)
        {
            var kept = flags.GetValueOrDefault(change.Key, KeptChanges.None);
            var added = new FlagChange(
                revision, change.Key, before.Flags.GetValueOrDefault(change.Key)?.Revision ?? 0,
                (change as Change.Put)?.Definition.Json, changes.Origin, changes.Message);
            kept = kept with { Changes = kept.Changes.Add(added) };
            (all, bytes) = (all.Add(added), bytes + added.Bytes);
            if (kept.Changes.Count > Limits.HistoryPerFlag)
            {
                var oldest = kept.Oldest;
                kept = new KeptChanges(kept.Changes.Remove(oldest), oldest.Revision);
                (all, bytes) = (all.Remove(oldest), bytes - oldest.Bytes);
            }

            flags = flags.SetItem(change.Key, kept);
        }

        return new FlagHistory(all, flags, bytes, Since).Within(Limits.HistoryBytes);
    }

    /// <summary>A history read back from a snapshot.</summary>
    /// <param name="since">See <see cref="Since"/>.</param>
    /// <param name="changes">In any order.</param>
    /// <param name="dropped">For flags of which a change was dropped because there were too many, the last such change's revision.</param>
    public static FlagHistory Restore(long since, IReadOnlyCollection<FlagChange> changes, IReadOnlyDictionary<string, long> dropped)
    {
        var all = ImmutableSortedSet.CreateRange(LogOrder.Instance, changes);
        var flags = changes.GroupBy(static change => change.Key).Select(group => KeyValuePair.Create(group.Key, new KeptChanges(
            ImmutableSortedSet.CreateRange(LogOrder.Instance, group), dropped.GetValueOrDefault(group.Key))));
        return new FlagHistory(
            all, ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, flags), all.Sum(static change => (long)change.Bytes), since);
    }

    /// <summary>For every flag of which a change was dropped because there were too many, the last such change's revision.</summary>
    public IEnumerable<KeyValuePair<string, long>> Dropped() =>
        _flags.Where(static flag => flag.Value.Dropped > 0).Select(static flag => KeyValuePair.Create(flag.Key, flag.Value.Dropped));

    /// <summary>Without the oldest changes, so that the rest counts for no more than <paramref name="limit"/>.</summary>
    private FlagHistory Within(long limit)
    {
        var (all, flags, bytes, since) = (_all, _flags, Bytes, Since);
        while (bytes > limit)
        {
            var oldest = all[0];
            var kept = flags[oldest.Key];
            var rest = kept.Changes.Remove(oldest);
            flags = rest.IsEmpty ? flags.Remove(oldest.Key) : flags.SetItem(oldest.Key, kept with { Changes = rest });
            (all, bytes, since) = (all.Remove(oldest), bytes - oldest.Bytes, oldest.Revision);
        }

        return bytes == Bytes ? this : new FlagHistory(all, flags, bytes, since);
    }
}
