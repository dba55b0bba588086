using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Membership;

/// <summary>
/// Sees to it that a data folder whose vote was given to another takes part in no vote: not before another voter was heard,
/// who knows, and not when that happens while this one runs. Its programs keep what they have.
/// </summary>
internal sealed class LostVote(Standing standing, IConsensus consensus, NodeOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private volatile string? _why;

    /// <summary>Why this host has no vote any more; null while it has one, or never had.</summary>
    public string? Why => _why;

    /// <summary>Returns when another voter was heard that says nothing against this folder; where one does, only with the token.</summary>
    public async Task HearAsync(CancellationToken token)
    {
        _why = "no other voter was heard yet, and one of them may know that this data folder's vote was given to another";
        if ((await standing.HearAsync(once: false, token)).DeniedBy is not { } other)
        {
            _why = null;
            return;
        }

        Lose(other);
        await Task.Delay(Timeout.InfiniteTimeSpan, token);
    }

    /// <summary>Begins to ask whenever this voter knows of no leader: those that count it no more do not tell it.</summary>
    public void Start() => _running = Task.Run(() => WatchAsync(_stop.Token));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WatchAsync(CancellationToken token)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(token))
        {
            if (_why is null && consensus.Status is { Leader: null, Role: not MemberRole.Observer } && (await standing.HearAsync(once: true, token)).DeniedBy is { } other)
                Lose(other);
        }
    }

    private void Lose(string other)
    {
        _why = $"{other} says that this data folder's vote was given to another host; delete it, and start this node with --join to make it follow";
        Log.VoteLost(logger, options.Name, other);
    }
}
