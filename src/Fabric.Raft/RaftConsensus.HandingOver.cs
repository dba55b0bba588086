
namespace Fabric.Raft;

public sealed partial class RaftConsensus
{
    /// <summary>Time that proposals in flight have to be decided before the leadership is given up all the same.</summary>
    private static readonly TimeSpan LastProposals = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan HandOverStep = TimeSpan.FromMilliseconds(10);

    // 1 while the leadership is handed over: no proposal is taken then.
    private int handingOver;

    /// <inheritdoc/>
    public async Task<bool> HandOverAsync(TimeSpan patience, CancellationToken token)
    {
        if (Now is not { } running || options.Members.Count == 1 || LeaderOf(running) != options.Name)
            return false;
        if (Interlocked.Exchange(ref handingOver, 1) != 0)
            return false;
        using var deadline = new CancellationTokenSource(patience, time);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token, stopping.Token);
        try
        {
            return await HandOverAsync(running, all.Token);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            Volatile.Write(ref handingOver, 0);
        }
    }

    private async Task<bool> HandOverAsync(Running running, CancellationToken token)
    {
        var until = time.GetTimestamp();
        while (Volatile.Read(ref proposalsInFlight) > 0 && time.GetElapsedTime(until) < LastProposals)
            await Task.Delay(HandOverStep, time, token);
        if (!await running.Cluster.GiveUpLeadershipAsync(token))
            return false;
        // Whoever has led has everything, and would be elected again: it votes, and does not stand for election.
        await running.Cluster.EnableStandbyModeAsync(token);
        try
        {
            while (LeaderOf(running) is not { } leader || leader == options.Name)
                await Task.Delay(HandOverStep, time, token);
            Logs.HandedOver(logger, LeaderOf(running) ?? "another");
            return true;
        }
        finally
        {
            await RevertAsync(running);
        }
    }

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
