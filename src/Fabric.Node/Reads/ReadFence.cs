using Fabric.Node.Forwarding;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Fabric.Raft;

namespace Fabric.Node.Reads;

/// <summary>Gives a state that is as fresh as a read asks for.</summary>
internal sealed class ReadFence(IConsensus consensus, LeaderClient leaders, NodeOptions options, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Exactly one of the two results is set.</summary>
    public async Task<(FabricState? State, Refusal? Refusal)> ReadAsync(ReadQuery query, CancellationToken token)
    {
#if FABRIC_PLANTS
        if (Fabric.Flags.Plant.Is("local-as-linearizable"))
            return (consensus.State, null);
#endif
        if (!query.Linearizable && consensus.State is { } state && state.AppliedIndex >= query.MinRevision)
            return (state, null);

        using var deadline = new CancellationTokenSource(options.ReadTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        var index = query.MinRevision;
        if (query.Linearizable)
        {
            if (await ConfirmAsync(both.Token) is not { } confirmed)
                return (null, Refusals.NoLeaderToRead($"no leader confirmed within {options.ReadTimeout.TotalSeconds:0.###} s"));
            index = Math.Max(index, confirmed);
        }

        return await ReachAsync(index, both.Token) ? (consensus.State, null) : (null, Refusals.Behind(index, consensus.State.AppliedIndex));
    }

    /// <summary>The index that a read beginning now must see, or null when the time was up first.</summary>
    private async Task<long?> ConfirmAsync(CancellationToken token)
    {
        try
        {
            while (true)
            {
                if (await AskAsync(token) is { } index)
                    return index;
                await Task.Delay(Pause, time, token);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<long?> AskAsync(CancellationToken token)
    {
        if (consensus.Status.Leader is { } leader && leader != options.Name)
            return await leaders.ReadIndexAsync(leader, token);
        return await consensus.ReadIndexAsync(token);
    }

    private async Task<bool> ReachAsync(long index, CancellationToken token)
    {
        try
        {
            await consensus.WaitForAppliedAsync(index, token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
