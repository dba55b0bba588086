using System.Collections.Immutable;
using System.Globalization;
using Fabric.Raft;

namespace Fabric.Node.Ofrep;

/// <summary>A moment since which flags may answer differently.</summary>
/// <param name="Id">Names it, equal on all nodes: the revision, and the activation that came last where one has come.</param>
/// <param name="Revision">The last change set.</param>
/// <param name="Next">Ends when there is a later moment.</param>
internal sealed record Moment(string Id, long Revision, Task Next);

/// <summary>
/// Says when flags may answer differently: after every change set, and when the time of an <c>activateAt</c> comes.
/// Whoever listens is given the newest moment only, so that what was missed is one event.
/// </summary>
internal sealed class ChangeFeed(TimeProvider time) : IAppliedSink, IAsyncDisposable
{
    /// <summary>Longest sleep before the clock is looked at again, which may have been set meanwhile.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    // Written by the applying thread, taken by the loop.
    private readonly Lock _lock = new();
    private readonly HashSet<string> _noted = new(StringComparer.Ordinal);
    private FabricState? _latest;
    private bool _whole = true;
    private TaskCompletionSource _wake = NewSource();

    // The loop's alone.
    private readonly Activations _activations = new();
    private TaskCompletionSource _later = NewSource();

    // One writer, the loop; many readers.
    private volatile Moment? _now;

    /// <summary>The moment that is; null before the log is replayed.</summary>
    public Moment? Now => _now;

    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    public void Applied(FabricState state, ImmutableArray<string> changedKeys) => Note(state, changedKeys, whole: false);

    public void Replaced(FabricState state) => Note(state, [], whole: true);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private void Note(FabricState state, ImmutableArray<string> keys, bool whole)
    {
        lock (_lock)
        {
            _latest = state;
            _whole |= whole;
            if (!_whole && !keys.IsDefaultOrEmpty)
                _noted.UnionWith(keys);
            _wake.TrySetResult();
        }
    }

    private (FabricState? State, string[] Keys, bool Whole, Task Wake) Take()
    {
        lock (_lock)
        {
            _wake = NewSource();
            var taken = (_latest, _noted.ToArray(), _whole && _latest is not null, _wake.Task);
            _noted.Clear();
            _whole &= _latest is null;
            return taken;
        }
    }

    private async Task RunAsync(CancellationToken token)
    {
        try
        {
            while (true)
            {
                var (state, keys, whole, wake) = Take();
                if (whole)
                    _activations.Replace(state!.Flags);
                else if (state is not null)
                    _activations.Update(state.Flags, keys);
                var next = state is null ? null : Publish(state);
                await SleepAsync(wake, next, token);
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    /// <summary>Shows the moment that is, and returns when the next one comes by itself.</summary>
    private DateTimeOffset? Publish(FabricState state)
    {
        var (last, next) = _activations.Around(time.GetUtcNow());
        var revision = state.Flags.Revision;
        var id = last is null
            ? string.Create(CultureInfo.InvariantCulture, $"{revision}")
            : string.Create(CultureInfo.InvariantCulture, $"{revision}-{last.Value.ToUnixTimeMilliseconds()}");
        if (_now?.Id == id)
            return next;
        var before = _later;
        _later = NewSource();
        _now = new Moment(id, revision, _later.Task);
        before.SetResult();
        return next;
    }

    private async Task SleepAsync(Task wake, DateTimeOffset? until, CancellationToken token)
    {
        if (until is null)
        {
            await wake.WaitAsync(token);
            return;
        }

        var sleep = until.Value - time.GetUtcNow();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(token);
        var timer = Task.Delay(sleep < TimeSpan.Zero ? TimeSpan.Zero : sleep < LongestSleep ? sleep : LongestSleep, time, over.Token);
        await Task.WhenAny(wake, timer);
        await over.CancelAsync();
        token.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
