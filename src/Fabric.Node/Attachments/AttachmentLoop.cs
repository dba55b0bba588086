using System.Collections.Immutable;
using Fabric.Bpf.Attach;
using Fabric.Flags.Attachments;
using Fabric.Node.Tables;
using Fabric.Raft;

namespace Fabric.Node.Attachments;

/// <summary>
/// Keeps this host's override door to what the log says. The thread that applies entries only notes; one loop tells the
/// door, and tells the table which builds are attached.
/// </summary>
internal sealed class AttachmentLoop(IOverrideDoor door, TableLoop table, TimeProvider time, ILogger logger) : IAppliedSink, IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();

    // One writer, the applying thread; read by the loop.
    private FabricState? _latest;

    // One writer, the loop.
    private AttachmentSet? _told;
    private Task _running = Task.CompletedTask;

    // Set once, when the door has settled for the first time.
    private volatile bool _known;

    // Set by the door's threads, taken by the loop: what is attached has to be looked at again.
    private int _news;

    // One writer, the loop; many readers.
    private long _toldIndex = -1;

    public void Start()
    {
        door.Changed += NoteNews;
        _running = Task.Run(() => RunAsync(_stop.Token));
    }

    public void Applied(FabricState state, ImmutableArray<string> changedKeys) => Replaced(state);

    public void Replaced(FabricState state)
    {
        Volatile.Write(ref _latest, state);
        Signal();
    }

    /// <summary>Waits until the door has worked through everything that stood in the log at this index.</summary>
    public async Task SettledAsync(long index, CancellationToken token)
    {
        while (Volatile.Read(ref _toldIndex) < index)
            await Task.Delay(Pause, time, token);
        await door.SettledAsync(token);
    }

    public async ValueTask DisposeAsync()
    {
        door.Changed -= NoteNews;
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken token)
    {
        try
        {
            // A log that is still behind what this host has shown would take back what an earlier process attached.
            await table.CurrentAsync(token);
            while (true)
            {
                await _signal.WaitAsync(token);
                await FollowAsync(token);
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops; what is pinned stays, for the programs that are running.
        }
    }

    private async Task FollowAsync(CancellationToken token)
    {
        try
        {
            if (Volatile.Read(ref _latest) is { } state)
                Tell(state, token);
            if (_known && Interlocked.Exchange(ref _news, 0) != 0)
                table.Attached(BuildsOf(door.List()));
        }
#pragma warning disable CA1031 // Whatever goes wrong with the door, the API, the log and the table must go on.
        catch (Exception failed) when (failed is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Log.DoorFailed(logger, failed);
            await Task.Delay(Retry, time, token);
            NoteNews();
        }
    }

    private void Tell(FabricState state, CancellationToken token)
    {
        if (_told != state.Attachments)
        {
            door.Want([.. state.Attachments.ById.Values.Select(static wanted => wanted.Request)]);
            _told = state.Attachments;
            _ = LearnAsync(token);
        }

        Volatile.Write(ref _toldIndex, state.AppliedIndex);
    }

    /// <summary>What is attached is known once everything was looked at; until then flags that require a build stay as they were.</summary>
    private async Task LearnAsync(CancellationToken token)
    {
        try
        {
            await door.SettledAsync(token);
            _known = true;
            NoteNews();
        }
#pragma warning disable CA1031 // As in the loop.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            if (!token.IsCancellationRequested)
                Log.DoorFailed(logger, failed);
        }
    }

    /// <summary>A build counts as long as one of its files is attached, the host's own or a container's.</summary>
    private static ImmutableSortedSet<string> BuildsOf(IEnumerable<Attachment> attachments) => attachments
        .SelectMany(static attachment => attachment.Files)
        .Where(static file => file.State == AttachmentState.Attached && file.BuildId is not null)
        .Select(static file => file.BuildId!)
        .ToImmutableSortedSet(StringComparer.Ordinal);

    private void NoteNews()
    {
        Volatile.Write(ref _news, 1);
        Signal();
    }

    private void Signal()
    {
        lock (_lock)
        {
            if (_signal.CurrentCount == 0)
                _signal.Release();
        }
    }
}
