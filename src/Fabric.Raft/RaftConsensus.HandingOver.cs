using Fabric.Raft.Replication;

namespace Fabric.Raft;

public sealed partial class RaftConsensus
{
    /// <summary>Time that proposals in flight have to be decided before the leadership is given up all the same.</summary>
    private static readonly TimeSpan LastProposals = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan HandOverStep = TimeSpan.FromMilliseconds(10);

    // 1 while the leadership is handed over: no proposal is taken then.
    private int handingOver;

    /// <inheritdoc/>
    public async Task<bool> HandOverAsync(TimeSpan patience, CancellationToken token) => await HandOverAsync(null, patience, token) is HandOver.Done;

    /// <summary>
    /// Takes no more proposals, lets those in flight be decided, and leads no more; where a voter is named, only once it has
    /// everything that is in the log. That one is elected if the third stands back meanwhile.
    /// </summary>
    /// <param name="to">The voter that is to lead; null for any.</param>
    /// <param name="patience">How long all of it may take.</param>
    /// <param name="token">Ends it early.</param>
    public async Task<HandOver> HandOverAsync(string? to, TimeSpan patience, CancellationToken token)
    {
        if (Now is not { } running || options.Members.Count == 1 || LeaderOf(running) != options.Name)
            return new HandOver.Refused($"{options.Name} does not lead, or is alone");
        if (Interlocked.Exchange(ref handingOver, 1) != 0)
            return new HandOver.Refused("the leadership is being handed over already");
        using var deadline = new CancellationTokenSource(patience, time);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token, stopping.Token);
        try
        {
            return await HandOverAsync(running, to, all.Token);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            return new HandOver.Refused(LeaderOf(running) == options.Name
                ? $"{to ?? "another voter"} did not get everything that is in the log in time, and would not be elected"
                : $"{options.Name} leads no more, and nobody was elected in time");
        }
        finally
        {
            Volatile.Write(ref handingOver, 0);
        }
    }

    /// <summary>Votes, and is not elected itself, until another than now leads; at most so long.</summary>
    public async Task StandBackAsync(TimeSpan most)
    {
        if (Now is not { } running)
            return;
        try
        {
            var (before, begun) = (LeaderOf(running), time.GetTimestamp());
            if (!await running.Cluster.EnableStandbyModeAsync(stopping.Token))
                return;
            while (time.GetElapsedTime(begun) < most && (LeaderOf(running) is not { } now || now == before))
                await Task.Delay(HandOverStep, time, stopping.Token);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            return;
        }

        await RevertAsync(running);
    }

    private async Task<HandOver> HandOverAsync(Running running, string? to, CancellationToken token)
    {
        var until = time.GetTimestamp();
        while (Volatile.Read(ref proposalsInFlight) > 0 && time.GetElapsedTime(until) < LastProposals)
            await Task.Delay(HandOverStep, time, token);
        while (to is not null && !HasEverything(running, to))
            await Task.Delay(HandOverStep, time, token);
        if (!await running.Cluster.GiveUpLeadershipAsync(token))
            return new HandOver.Refused($"{options.Name} does not lead any more");
        // Whoever has led has everything, and would be elected again: it votes, and does not stand for election.
        await running.Cluster.EnableStandbyModeAsync(token);
        try
        {
            string? leader;
            while ((leader = LeaderOf(running)) is null || leader == options.Name)
                await Task.Delay(HandOverStep, time, token);
            Logs.HandedOver(logger, leader);
            return new HandOver.Done(leader);
        }
        finally
        {
            await RevertAsync(running);
        }
    }

    private bool HasEverything(Running running, string to) => running.Cluster.Members.Any(
        member => member.IsRemote && NameOf(member) == to && StuckMembers.NextIndexOf(member) > running.Log.LastEntryIndex);

    /// <summary>Stands for election again; where the others are dead, this member may be needed.</summary>
    private async Task RevertAsync(Running running)
    {
        try
        {
            await running.Cluster.RevertToNormalModeAsync(stopping.Token);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // The member stops.
        }
    }
}
