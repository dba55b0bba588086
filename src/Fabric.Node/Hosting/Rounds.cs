namespace Fabric.Node.Hosting;

/// <summary>Something that is looked after again and again until it is disposed of. What a round throws is logged, and the next one comes.</summary>
internal sealed class Rounds(string name, TimeSpan interval, Func<CancellationToken, Task> round, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken token)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            do
                await TryAsync(token);
            while (await timer.WaitForNextTickAsync(token));
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private async Task TryAsync(CancellationToken token)
    {
        try
        {
            await round(token);
        }
#pragma warning disable CA1031 // What keeps one round from being made must not keep the next.
        catch (Exception failed) when (!token.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.RoundFailed(logger, name, failed);
        }
    }
}
