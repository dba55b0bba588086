using Fabric.Flags.Changes;
using Fabric.Raft.Observers;

namespace Fabric.Raft;

/// <summary>
/// The replicated log as the rest of Fabric sees it: propose, read what is applied, make sure a read is not stale.
/// What implements it can be exchanged without anybody above noticing.
/// </summary>
public interface IConsensus : IAsyncDisposable
{
    /// <summary>The state after the last applied entry: an exact prefix of the log. Any thread may read it.</summary>
    FabricState State { get; }

    /// <summary>What was applied here last, for hosts that follow.</summary>
    EntryFeed Feed { get; }

    /// <summary>What this member knows of the fabric right now. Any thread may read it.</summary>
    ConsensusStatus Status { get; }

    /// <summary>Replays the log, then takes part. Returns when this member takes part, which may be before there is a leader.</summary>
    /// <exception cref="LogUnusableException">The log on disk cannot be trusted, so this member must not vote.</exception>
    Task StartAsync(CancellationToken token);

    /// <summary>
    /// Appends a change set and waits for its outcome. Only the leader does: another member answers
    /// <see cref="Proposal.NotLeader"/>. The set must be free of <see cref="ChangeSet.Problems"/>.
    /// </summary>
    /// <param name="changes">A set whose operation was applied before is not applied again; its first outcome is returned.</param>
    /// <param name="token">Ends the wait, not the operation: a cancelled wait is <see cref="Proposal.Unknown"/> once the entry was appended.</param>
    Task<Proposal> ProposeAsync(ChangeSet changes, CancellationToken token);

    /// <summary>
    /// On the leader: the log index that a linearizable read must have seen, confirmed by a majority after the call began.
    /// Null where this member is not the leader or cannot confirm that it still is.
    /// </summary>
    Task<long?> ReadIndexAsync(CancellationToken token);

    /// <summary>Waits until <see cref="State"/> contains <paramref name="index"/>.</summary>
    Task WaitForAppliedAsync(long index, CancellationToken token);

    /// <summary>Writes what is applied now as a snapshot, with a checksum of its own.</summary>
    /// <returns>The state that it holds; null, and nothing written, where nothing is applied yet.</returns>
    Task<FabricState?> WriteSnapshotAsync(Stream destination, CancellationToken token);

    /// <summary>
    /// On a voter whose state is known to be wrong: takes another member's, and applies to it what the log has since.
    /// </summary>
    /// <returns>Null when it is done; otherwise why it was not, and nothing was changed.</returns>
    Task<string?> RebuildAsync(Stream snapshot, CancellationToken token) => Task.FromResult<string?>("this host does not vote");

    /// <summary>
    /// Where this member leads: takes no more proposals, waits for those in flight, gives the leadership up and waits until
    /// another member leads.
    /// </summary>
    /// <param name="patience">The most that all of it takes; without success this member stands for election again.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>True when this member led and another leads now.</returns>
    Task<bool> HandOverAsync(TimeSpan patience, CancellationToken token) => Task.FromResult(false);

    /// <summary>Completes when a leader is known, with its name.</summary>
    Task<string> WaitForLeaderAsync(CancellationToken token);
}
