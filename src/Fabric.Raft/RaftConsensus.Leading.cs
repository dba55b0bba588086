using DotNext.Net.Cluster;
using Fabric.Raft.Replication;

namespace Fabric.Raft;

/// <summary>What came of handing leadership over.</summary>
public abstract record HandOver
{
    private HandOver() { }

    /// <summary>This member leads no more, and whoever is elected next has everything.</summary>
    public sealed record Resigned : HandOver;

    /// <summary>It goes on leading, or never did.</summary>
    public sealed record Refused(string Reason) : HandOver;
}

public sealed partial class RaftConsensus
{
    private volatile bool handingOver;

    /// <summary>
    /// Takes no more proposals until a named voter has everything that is in the log, and then leads no more. For
    /// <paramref name="apart"/> it does not stand for election, so that the named one is elected if the third stands back too.
    /// </summary>
    /// <param name="to">A voter that is in touch; null for any.</param>
    /// <param name="apart">How long this member stands back.</param>
    /// <param name="token">Ends the wait for the named voter; this member then goes on leading.</param>
    public async Task<HandOver> HandOverAsync(string? to, TimeSpan apart, CancellationToken token)
    {
        if (Now is not { } running || LeaderOf(running) != options.Name)
            return new HandOver.Refused($"{options.Name} does not lead");
        handingOver = true;
        try
        {
            if (!await HasEverythingAsync(running, to, token))
                return new HandOver.Refused($"{to ?? "no other voter"} does not have everything that is in the log, and would not be elected");
            if (!await ((ICluster)running.Cluster).ResignAsync(token))
                return new HandOver.Refused($"{options.Name} does not lead any more");
        }
        finally
        {
            handingOver = false;
        }

        _ = StandBackAsync(apart);
        return new HandOver.Resigned();
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
                await Task.Delay(Settling, time, stopping.Token);
            await running.Cluster.RevertToNormalModeAsync(stopping.Token);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // It stops.
        }
    }

    private async Task<bool> HasEverythingAsync(Running running, string? to, CancellationToken token)
    {
        try
        {
            while (true)
            {
                if (running.Cluster.Members.Any(member => member.IsRemote && (to is null || NameOf(member) == to)
                    && StuckMembers.NextIndexOf(member) > running.Log.LastEntryIndex))
                    return true;
                await Task.Delay(Settling, time, token);
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
