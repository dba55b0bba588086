using Fabric.Flags;
using Fabric.Flags.Changes;
using Fabric.Flags.Hosts;
using Fabric.Flags.State;

namespace Fabric.Raft;

/// <summary>Settled by the first entry of a fabric's log, and never changed after.</summary>
/// <param name="Id">Tells one fabric's log and tables from another's.</param>
/// <param name="Capacity">Flags the fabric holds at most; every host sizes its table by it.</param>
public sealed record FabricIdentity(Guid Id, int Capacity);

/// <summary>Everything that the log determines, after one of its entries. Immutable.</summary>
/// <param name="Identity">Null until the first leader has settled it.</param>
/// <param name="Flags">The flags. <see cref="FlagSet.Revision"/> is the last change set's index, at most <paramref name="AppliedIndex"/>.</param>
/// <param name="AppliedIndex">Log index of the last applied entry.</param>
/// <param name="Digest">Rolling digest over every applied entry: equal on two hosts at the same index, or they have diverged.</param>
public sealed record FabricState(FabricIdentity? Identity, FlagSet Flags, long AppliedIndex, ulong Digest)
{
    /// <summary>Before the first entry.</summary>
    public static FabricState Empty { get; } = new(null, FlagSet.Empty, 0, 0);

    /// <summary>All hosts that belong to the fabric.</summary>
    public HostRoster Roster { get; init; } = HostRoster.Empty;

    /// <summary>
    /// What a change set would do at <paramref name="revision"/>: all of it, or nothing and the reason. The flags keep their
    /// revision where none of them is named.
    /// </summary>
    public (FabricState Next, ChangeOutcome Outcome) Apply(long revision, ChangeSet changes)
    {
        var (flags, outcome) = changes.Changes.IsEmpty && !changes.Hosts.IsEmpty
            ? (Flags, new ChangeOutcome.Applied(revision))
            : Flags.Apply(revision, changes, Identity?.Capacity ?? Limits.DefaultCapacity);
        if (outcome is not ChangeOutcome.Applied)
            return (this, outcome);
        var (roster, refusal) = Roster.Apply(revision, changes.Hosts);
        return refusal is null ? (this with { Flags = flags, Roster = roster }, outcome) : (this, refusal);
    }
}
