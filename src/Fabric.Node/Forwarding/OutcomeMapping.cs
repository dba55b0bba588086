using Fabric.Flags.Changes;
using Fabric.Node.Writes;

namespace Fabric.Node.Forwarding;

/// <summary>Between a write's result and what members tell each other of it.</summary>
internal static class OutcomeMapping
{
    public static OutcomeWire ToWire(WriteResult result) => result switch
    {
        WriteResult.Decided { Outcome: ChangeOutcome.Applied applied } decided =>
            new OutcomeWire(OutcomeKind.Applied) { Revision = applied.Revision, Created = decided.Created },
        WriteResult.Decided { Outcome: ChangeOutcome.Conflict conflict } =>
            new OutcomeWire(OutcomeKind.Conflict) { Key = conflict.Key, Revision = conflict.ActualRevision },
        WriteResult.Decided { Outcome: ChangeOutcome.NotFound missing } => new OutcomeWire(OutcomeKind.NotFound) { Key = missing.Key },
        WriteResult.Decided { Outcome: ChangeOutcome.Full full } => new OutcomeWire(OutcomeKind.Full) { Reason = full.Reason },
        WriteResult.Decided { Outcome: ChangeOutcome.Refused refused } => new OutcomeWire(OutcomeKind.Broken) { Key = refused.Key, Reason = refused.Reason },
        WriteResult.NoLeader other => new OutcomeWire(OutcomeKind.NotLeader) { Reason = other.Reason },
        WriteResult.Refused refused => new OutcomeWire(OutcomeKind.Refused) { Reason = refused.Reason },
        WriteResult.NoRoom full => new OutcomeWire(OutcomeKind.NoRoom) { Reason = full.Reason },
        WriteResult.Busy => new OutcomeWire(OutcomeKind.Busy),
        WriteResult.Unknown unknown => new OutcomeWire(OutcomeKind.Unknown) { Reason = unknown.Reason },
        _ => throw new InvalidOperationException($"a write's result has no case {result}"),
    };

    /// <summary>What another member said; a case that makes no sense leaves the outcome unknown.</summary>
    public static WriteResult FromWire(OutcomeWire? wire) => wire switch
    {
        { Kind: OutcomeKind.Applied, Revision: { } revision } =>
            new WriteResult.Decided(new ChangeOutcome.Applied(revision), [.. wire.Created ?? []]),
        { Kind: OutcomeKind.Conflict, Key: { } key, Revision: { } revision } =>
            new WriteResult.Decided(new ChangeOutcome.Conflict(key, revision), []),
        { Kind: OutcomeKind.NotFound, Key: { } key } => new WriteResult.Decided(new ChangeOutcome.NotFound(key), []),
        { Kind: OutcomeKind.Full, Reason: { } reason } => new WriteResult.Decided(new ChangeOutcome.Full(reason), []),
        { Kind: OutcomeKind.Broken, Key: { } key, Reason: { } reason } => new WriteResult.Decided(new ChangeOutcome.Refused(key, reason), []),
        { Kind: OutcomeKind.NotLeader } => new WriteResult.NoLeader(wire.Reason ?? "the member that was asked does not lead"),
        { Kind: OutcomeKind.Refused, Reason: { } reason } => new WriteResult.Refused(reason),
        { Kind: OutcomeKind.NoRoom, Reason: { } reason } => new WriteResult.NoRoom(reason),
        { Kind: OutcomeKind.Busy } => new WriteResult.Busy(),
        { Kind: OutcomeKind.Unknown } => new WriteResult.Unknown(wire.Reason ?? "the leader cannot say what came of it"),
        _ => new WriteResult.Unknown("the leader's answer makes no sense"),
    };
}
