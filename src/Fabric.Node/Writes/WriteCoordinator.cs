using Fabric.Flags.Changes;
using Fabric.Node.Forwarding;
using Fabric.Node.Options;
using Fabric.Node.Telemetry;
using Fabric.Raft;

namespace Fabric.Node.Writes;

/// <summary>
/// Brings a change set to whoever leads, over elections and lost connections, inside the time a write has. Every
/// attempt carries the same operation id, so the log applies it once however many attempts reach it.
/// </summary>
internal sealed class WriteCoordinator(
    IConsensus consensus, LocalProposer local, LeaderClient leaders, WriteGate gate, NodeOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(40);

    public async Task<WriteResult> WriteAsync(ChangeSet changes, CancellationToken token)
    {
        using var span = Instruments.Source.StartActivity("write");
        var began = time.GetTimestamp();
        var result = await DecideAsync(changes, token);
        WriteOutcome.Count(result, time.GetElapsedTime(began), span);
        return result;
    }

    private async Task<WriteResult> DecideAsync(ChangeSet changes, CancellationToken token)
    {
        using var place = gate.TryEnter();
        if (place is null)
            return new WriteResult.Busy();

        using var deadline = new CancellationTokenSource(options.WriteTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        WriteResult.Unknown? doubt = null;
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            var attempt = await AttemptAsync(changes, both.Token);
            switch (attempt)
            {
                case WriteResult.Decided:
                    return attempt;
                case WriteResult.Refused or WriteResult.NoRoom or WriteResult.Busy when doubt is null:
                    return both.IsCancellationRequested ? NotTaken(attempt) : attempt;
                case WriteResult.Unknown unknown:
                    // Once an attempt may be in the log, no later refusal takes that back.
                    doubt = unknown;
                    Log.WriteInDoubt(logger, changes.OperationId, unknown.Reason);
                    break;
            }

            if (!await PauseAsync(pause, both.Token))
                return (WriteResult?)doubt ?? NotTaken(attempt);
        }
    }

    /// <summary>Asks this node's own consensus first, then whom it names as the leader.</summary>
    private async Task<WriteResult> AttemptAsync(ChangeSet changes, CancellationToken token)
    {
        var own = await local.ProposeAsync(changes, token);
        var leader = own is WriteResult.NoLeader other ? other.Leader ?? consensus.Status.Leader : null;
        return leader is null || leader == options.Name || token.IsCancellationRequested ? own : await ForwardAsync(leader, changes, token);
    }

    private async Task<WriteResult> ForwardAsync(string leader, ChangeSet changes, CancellationToken token)
    {
        using var span = Instruments.Source.StartActivity("forward");
        span?.SetTag("fabric.leader", leader);
        return local.Traced(await leaders.ProposeAsync(leader, changes, token));
    }

    private WriteResult.NoLeader NotTaken(WriteResult attempt)
    {
        var why = attempt switch
        {
            WriteResult.NoLeader other => other.Reason,
            WriteResult.Refused refused => refused.Reason,
            WriteResult.NoRoom full => full.Reason,
            _ => "no leader is known",
        };
        return new WriteResult.NoLeader($"no leader took the write within {options.WriteTimeout.TotalSeconds:0.###} s ({why})");
    }

    private async Task<bool> PauseAsync(TimeSpan pause, CancellationToken token)
    {
        try
        {
            await Task.Delay(pause, time, token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause + pause < LongestPause ? pause + pause : LongestPause;
}
