using System.Collections.Immutable;
using Fabric.Flags.Attachments;
using Fabric.Flags.Changes;
using Fabric.Node.Disk;
using Fabric.Node.Telemetry;
using Fabric.Raft;

namespace Fabric.Node.Writes;

/// <summary>Proposes to this node's own consensus: the end of every write's way, on the leader.</summary>
internal sealed class LocalProposer(IConsensus consensus, CommitSpreader spreader, Room room, WayToTable way, TimeProvider time)
{
    public async Task<WriteResult> ProposeAsync(ChangeSet changes, CancellationToken token)
    {
        if (room.WhyNot(changes) is { } without)
            return without;
        var before = consensus.State;
        try
        {
            spreader.Proposing();
            var proposal = await consensus.ProposeAsync(Dated(changes), token);
            if (proposal is Proposal.Decided)
                spreader.Committed();
            return proposal switch
            {
                Proposal.Decided decided => Traced(new WriteResult.Decided(decided.Outcome, Created(decided.Outcome, changes, before))),
                Proposal.NotLeader other => new WriteResult.NoLeader("this node does not lead", other.Leader),
                Proposal.NoRoom full => room.WithoutOwn(full.Reason),
                Proposal.Refused refused => new WriteResult.Refused(refused.Reason),
                Proposal.Unknown unknown => new WriteResult.Unknown(unknown.Reason),
                var other => throw new InvalidOperationException($"a proposal has no case {other.GetType().Name}"),
            };
        }
        catch (OperationCanceledException)
        {
            // A wait that was cancelled after the append is Unknown; this one ended before it.
            return new WriteResult.NoLeader("the time was up before the write was appended");
        }
        catch (LogUnusableException unusable)
        {
            return new WriteResult.Unknown(unusable.Message);
        }
    }

    /// <summary>A decision is followed to this host's table, where its trace ends.</summary>
    public WriteResult Traced(WriteResult result)
    {
        if (result is WriteResult.Decided { Outcome: ChangeOutcome.Applied applied })
            way.Trace(applied.Revision);
        return result;
    }

    /// <summary>With this node's time, which stands in the entry if this node leads.</summary>
    private ChangeSet Dated(ChangeSet changes) =>
        changes with { Origin = changes.Origin is { } origin ? origin with { At = time.GetUtcNow().ToUnixTimeMilliseconds() } : null };

    /// <summary>Empty for the repeated answer to a retry: what was there before the first attempt is not known any more.</summary>
    private static ImmutableArray<string> Created(ChangeOutcome outcome, ChangeSet changes, FabricState before) =>
        outcome is ChangeOutcome.Applied applied && applied.Revision > before.AppliedIndex
            ?
            [
                .. changes.Changes.Where(change => change is Change.Put && !before.Flags.Flags.ContainsKey(change.Key)).Select(change => change.Key),
                .. changes.Attachments.Where(change => change is AttachmentChange.Put && !before.Attachments.ById.ContainsKey(change.Id))
                    .Select(change => AttachmentId.Subject(change.Id)),
            ]
            : [];
}
