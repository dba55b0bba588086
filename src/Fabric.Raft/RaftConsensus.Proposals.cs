using System.Diagnostics;
using DotNext.Net.Cluster.Consensus.Raft;
using Fabric.Flags;
using Fabric.Flags.Changes;
using Fabric.Raft.Commands;
using Fabric.Raft.Log;
using Fabric.Raft.Replication;

namespace Fabric.Raft;

public sealed partial class RaftConsensus
{
    private int proposalsInFlight;

    /// <inheritdoc/>
    public async Task<Proposal> ProposeAsync(ChangeSet changes, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (Now is not { } running)
            return new Proposal.NotLeader(null);
        if (LeaderOf(running) != options.Name)
            return new Proposal.NotLeader(LeaderOf(running));
        if (Volatile.Read(ref handingOver) != 0)
            return new Proposal.NotLeader(null);
        if (changes.Problems().FirstOrDefault() is { } problem)
            return new Proposal.Refused(problem.ToString());

        var entry = CommandCodec.Encode(new Command.Change(changes));
        if (entry.Length > Limits.EntryBytes)
            return new Proposal.Refused($"the change set has {entry.Length} bytes in the log, and {Limits.EntryBytes} is the most one can have");
        if (running.Space.WhyNot() is { } full)
            return new Proposal.NoRoom(full);

        if (Interlocked.Increment(ref proposalsInFlight) > options.MaxProposalsInFlight)
        {
            Interlocked.Decrement(ref proposalsInFlight);
            return new Proposal.Refused($"{options.MaxProposalsInFlight} proposals are waiting already");
        }

        var outcome = running.Machine.Pending.Await(changes.OperationId);
        using var span = RaftTelemetry.Source.StartActivity("propose");
        span?.SetTag("fabric.entry.bytes", entry.Length);
        try
        {
            return await ProposeAsync(running, entry, outcome, token);
        }
        finally
        {
            running.Machine.Pending.Forget(changes.OperationId);
            Interlocked.Decrement(ref proposalsInFlight);
        }
    }

    private async Task<Proposal> ProposeAsync(Running running, byte[] bytes, Task<ChangeOutcome> outcome, CancellationToken token)
    {
        FencedEntry? entry = null;
        try
        {
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(token, stopping.Token);
            await WaitUntilFormedAsync(running, linked.Token);
            entry = new FencedEntry(running.Log.LedTerm, bytes);
#if FABRIC_PLANTS
            if (Plant.Is("acknowledged-before-commit"))
                return new Proposal.Decided(new ChangeOutcome.Applied(await running.Log.AppendAsync(entry, linked.Token)));
            if (Plant.Is("table-before-commit"))
                running.Machine.ShowAtOnce(running.Log.LastEntryIndex + 1, bytes);
#endif
            await CommitAsync(running, entry, linked.Token);
            return new Proposal.Decided(await ApplyAsync(outcome, linked.Token));
        }
        catch (Exception failure)
        {
            if (failure is LogFailedException)
                Fail("The log has failed.", failure);
            if (outcome.IsCompletedSuccessfully)
                return new Proposal.Decided(await outcome);
#if FABRIC_PLANTS
            if (Plant.Is("refused-although-appended"))
                return new Proposal.Refused("it is not told whether this was appended");
#endif
            return entry is { Written: true } ? new Proposal.Unknown(WhyUnknown(failure)) : WhyNotAppended(running, failure);
        }
    }

    private static async Task CommitAsync(Running running, FencedEntry entry, CancellationToken token)
    {
        using var span = RaftTelemetry.Source.StartActivity("commit");
        var began = Stopwatch.GetTimestamp();
        await running.Cluster.ReplicateAsync(entry, token);
        RaftTelemetry.CommitDuration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private static async Task<ChangeOutcome> ApplyAsync(Task<ChangeOutcome> outcome, CancellationToken token)
    {
        using var span = RaftTelemetry.Source.StartActivity("apply");
        var began = Stopwatch.GetTimestamp();
        var decided = await outcome.WaitAsync(token);
        RaftTelemetry.ApplyDuration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
        return decided;
    }

    /// <summary>The first entry of a fabric is its identity, so a change that comes sooner waits until that is applied.</summary>
    private static async Task WaitUntilFormedAsync(Running running, CancellationToken token)
    {
        if (running.Machine.Formed.IsCompletedSuccessfully)
            return;
        var leadership = running.Cluster.LeadershipToken;
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(leadership, token);
        try
        {
            await running.Machine.Formed.WaitAsync(linked.Token);
        }
        catch (OperationCanceledException) when (leadership.IsCancellationRequested)
        {
            throw new NotLeaderException();
        }
    }

    private static string WhyUnknown(Exception failure) => failure switch
    {
        NotLeaderException => "this member lost the leadership while the change waited for a majority",
        OperationCanceledException => "the wait ended before a majority had the change",
        _ => $"the wait for a majority failed: {failure.Message}",
    };

    private Proposal WhyNotAppended(Running running, Exception failure)
    {
        var leader = LeaderOf(running);
        return failure switch
        {
            NotLeaderException or TermHasPassedException => new Proposal.NotLeader(leader == options.Name ? null : leader),
            OperationCanceledException => new Proposal.Refused("the wait ended before anything was appended"),
            _ => new Proposal.Refused($"nothing was appended: {failure.Message}"),
        };
    }

    /// <inheritdoc/>
    public async Task<long?> ReadIndexAsync(CancellationToken token)
    {
        if (Now is not { } running || LeaderOf(running) != options.Name)
            return null;

#if FABRIC_PLANTS
        if (Plant.Is("stale-read"))
            return running.Machine.State.Fabric.AppliedIndex;
#endif
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(token, stopping.Token);
        linked.CancelAfter(options.UpperElectionTimeout * 2);
        try
        {
            // A leader's own first entry must be applied: before that it may not know what is committed.
            var leadership = await running.Cluster.WaitForLeadershipAsync(linked.Token);
            var index = running.Log.LastCommittedEntryIndex;
            await running.Cluster.ForceReplicationAsync(linked.Token);
            if (leadership.IsCancellationRequested)
                return null;
            await running.Log.WaitForApplyAsync(index, linked.Token);
            return running.Machine.State.Fabric.AppliedIndex;
        }
        catch (Exception failure) when (failure is NotLeaderException or OperationCanceledException or QuorumUnreachableException or ObjectDisposedException)
        {
            token.ThrowIfCancellationRequested();
            return null;
        }
    }

    /// <summary>While this member leads a fabric that has no identity yet, proposes one.</summary>
    private async Task FormAsync(Running running)
    {
        while (!running.Machine.Formed.IsCompletedSuccessfully && !stopping.IsCancellationRequested)
        {
            try
            {
                await running.Cluster.WaitForLeadershipAsync(stopping.Token);
                if (running.Machine.Formed.IsCompletedSuccessfully)
                    return;
                var identity = new FabricIdentity(Guid.NewGuid(), options.Capacity);
                var bytes = CommandCodec.Encode(new Command.Bootstrap(identity, options.OperationsRemembered));
                await running.Cluster.ReplicateAsync(new FencedEntry(running.Log.LedTerm, bytes), stopping.Token);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                Logs.FormingFailed(logger, failure);
                if (!stopping.IsCancellationRequested)
                    await Task.Delay(options.HeartbeatInterval, time, CancellationToken.None);
            }
        }
    }

    /// <summary>Looks after members that replication has left behind, while this one leads.</summary>
    private async Task ReviewReplicationAsync(Running running)
    {
        var stuck = new StuckMembers(running.Log, () => running.Machine.Snapshot?.Index ?? 0, logger);
        using var timer = new PeriodicTimer(ReviewInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                // Throws where a change of role has failed: the library then plays no part any more, and says so nowhere else.
                _ = running.Cluster.ConsensusToken;
                if (LeaderOf(running) == options.Name)
                    stuck.Review(running.Cluster.Members);
                else
                    stuck.Forget();
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
        }
        catch (Exception failure)
        {
            Fail($"Raft has failed: {failure.Message}", failure);
        }
    }

    /// <summary>Sees a failed log at once, also where nobody proposes: such a log never heals, and only a new process can go on.</summary>
    private async Task WatchLogAsync(Running running)
    {
        try
        {
            await running.Log.WaitForApplyAsync(long.MaxValue, stopping.Token);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
        }
        catch (Exception failure)
        {
            Fail($"The log has failed: {failure.Message}", failure);
        }
    }
}
