using Fabric.Flags;
using Fabric.Flags.Attachments;
using Fabric.Flags.Changes;
using Fabric.Flags.History;
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
    /// <summary>The last changes of the flags.</summary>
    public FlagHistory History { get; init; } = FlagHistory.Empty;

    /// <summary>Before the first entry.</summary>
    public static FabricState Empty { get; } = new(null, FlagSet.Empty, 0, 0);

    /// <summary>All hosts that belong to the fabric.</summary>
    public HostRoster Roster { get; init; } = HostRoster.Empty;

    /// <summary>The functions that every host is to attach.</summary>
    public AttachmentSet Attachments { get; init; } = AttachmentSet.Empty;

    /// <summary>
    /// What a change set would do at <paramref name="revision"/>: flags and attachments together, or this very state and the
    /// reason why nothing was changed.
    /// </summary>
    public (FabricState Next, ChangeOutcome Outcome) Apply(long revision, ChangeSet changes)
    {
        if (changes.Changes.IsEmpty && changes.Attachments.IsEmpty && !changes.Hosts.IsEmpty)
            return ApplyHosts(revision, changes);
        var (flags, outcome) = Flags.Apply(revision, changes, Identity?.Capacity ?? Limits.DefaultCapacity);
        if (outcome is not ChangeOutcome.Applied)
            return (this, outcome);
        var (attachments, refusal) = Attachments.Apply(revision, changes.Attachments);
        var (roster, unlisted) = Roster.Apply(revision, changes.Hosts);
        if ((refusal ?? unlisted) is { } refused)
            return (this, refused);
        var (before, after) = (Flags.DefinitionBytes + Attachments.Bytes, flags.DefinitionBytes + attachments.Bytes);
        return after > Limits.StateBytes && after > before
            ? (this, new ChangeOutcome.Full($"all definitions and attachments together have at most {Limits.StateBytes} bytes"))
            : (this with { Flags = flags, Attachments = attachments, History = History.After(revision, changes, Flags), Roster = roster }, outcome);
    }

    /// <summary>Hosts alone are nobody's flags: these keep their revision and their history.</summary>
    private (FabricState Next, ChangeOutcome Outcome) ApplyHosts(long revision, ChangeSet changes)
    {
        var (roster, refusal) = Roster.Apply(revision, changes.Hosts);
        return refusal is null ? (this with { Roster = roster }, new ChangeOutcome.Applied(revision)) : (this, refusal);
    }
}
