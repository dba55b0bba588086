using System.Collections.Immutable;

namespace Fabric.Flags.History;

/// <summary>What is remembered of one flag. Immutable.</summary>
/// <param name="Changes">Its changes, oldest first.</param>
/// <param name="Dropped">The revision of the last change that was dropped because the flag had more than are kept; 0 where none was.</param>
internal sealed record KeptChanges(ImmutableSortedSet<FlagChange> Changes, long Dropped)
{
    public static KeptChanges None { get; } = new(ImmutableSortedSet.Create<FlagChange>(LogOrder.Instance), 0);

    public FlagChange Oldest => Changes[0];

    /// <summary>The change that was in force at a revision: the last one not after it. Null where none is kept.</summary>
    public FlagChange? At(long revision)
    {
        var place = LowerBound(Changes, revision + 1) - 1;
        return place < 0 ? null : Changes[place];
    }

    /// <summary>The first place in <paramref name="changes"/> whose revision is at least <paramref name="revision"/>.</summary>
    public static int LowerBound(ImmutableSortedSet<FlagChange> changes, long revision)
    {
        // No flag's key is empty, so this comes before every change of that revision.
        var place = changes.IndexOf(new FlagChange(revision, "", 0, null, null, null));
        return ~place;
    }
}
