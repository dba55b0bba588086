using Fabric.Raft;

namespace Fabric.Node.Tables;

/// <summary>
/// Stamps the table while this node is in touch with its fabric, so that a flag can tell how long it has not been. Nothing else
/// can: when the node is dead, the stamp grows old by itself.
/// </summary>
internal sealed class ContactStamp(IConsensus consensus, TableLoop table, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Before the first stamp, flags that bear only so much silence give their safe answer: so that one comes at once.</summary>
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>A leader that was heard no longer ago than this counts as heard.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private bool IsInTouch() =>
        consensus.Status is { Leader: not null } status && status.IsInTouch(time.GetUtcNow(), Fresh);

    private async Task RunAsync(CancellationToken token)
    {
        try
        {
            using var timer = new PeriodicTimer(FirstInterval, time);
            do
            {
                if (IsInTouch() && await table.StampAsync(token))
                    timer.Period = Interval;
            }
            while (await timer.WaitForNextTickAsync(token));
        }
        catch (OperationCanceledException)
        {
            // The node stops; from now on the stamp grows old.
        }
    }
}
