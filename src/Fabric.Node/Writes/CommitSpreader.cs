using Fabric.Raft;

namespace Fabric.Node.Writes;

/// <summary>
/// Lets the other members hear at once that an entry is committed. Raft tells them with the next message it has for
/// them, which in quiet times is a heartbeat away; confirming the leadership is such a message. A member that is still
/// busy with one message is passed over by the next, so a few follow each other.
/// </summary>
internal sealed class CommitSpreader(IConsensus consensus) : IAsyncDisposable
{
    private const int RoundsPerWrite = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    // Set by writers, counted down by the loop, both under the lock.
    private int _rounds;
    private bool _atOnce;

    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    /// <summary>An entry is about to be appended here: if its own message passes a busy member over, another follows soon. Many threads.</summary>
    public void Proposing() => Ask(atOnce: false);

    /// <summary>An entry was committed here. Many threads.</summary>
    public void Committed() => Ask(atOnce: true);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _wake.Dispose();
    }

    private void Ask(bool atOnce)
    {
        lock (_lock)
        {
            _rounds = RoundsPerWrite;
            _atOnce |= atOnce;
            if (_wake.CurrentCount == 0)
                _wake.Release();
        }
    }

    private async Task RunAsync(CancellationToken token)
    {
        try
        {
            while (true)
            {
                var asked = await _wake.WaitAsync(Volatile.Read(ref _rounds) > 0 ? Pause : Timeout.InfiniteTimeSpan, token);
                if (TakeRound(asked))
                    await SendAsync(token);
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private bool TakeRound(bool asked)
    {
        lock (_lock)
        {
            if (_rounds == 0 || (asked && !_atOnce))
                return false;
            _rounds--;
            _atOnce = false;
            return true;
        }
    }

    private async Task SendAsync(CancellationToken token)
    {
        // The message leaves at once; waiting for every answer to it would wait for a member that is down.
        using var brief = CancellationTokenSource.CreateLinkedTokenSource(token);
        brief.CancelAfter(Pause);
        try
        {
            await consensus.ReadIndexAsync(brief.Token);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            // It is under way.
        }
    }
}
