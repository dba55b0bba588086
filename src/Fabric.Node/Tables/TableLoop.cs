using System.Collections.Immutable;
using Fabric.Bpf.Table;
using Fabric.Flags.Compilation;
using Fabric.Raft;

namespace Fabric.Node.Tables;

/// <summary>
/// Keeps this host's table equal to the log. The thread that applies entries only notes what changed; one loop writes,
/// taking everything noted meanwhile in one step. A table that cannot be written is tried again, ever more slowly, and
/// the node is not ready until it succeeds: the API and the log go on without it.
/// </summary>
internal sealed partial class TableLoop(Func<FabricIdentity, IFlagTable> open, TimeProvider time, ILogger logger) : IAppliedSink, IAsyncDisposable
{
    /// <summary>Changed flags noted by name; with more than these the whole table is compared, which is cheaper then.</summary>
    private const int MaxNoted = 4096;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    // Written by the applying thread, taken by the loop.
    private readonly Lock _lock = new();
    private readonly HashSet<string> _noted = new(StringComparer.Ordinal);
    private FabricState? _latest;
    private bool _whole = true;
    private ImmutableSortedSet<string>? _builds;
    private readonly SemaphoreSlim _signal = new(0, 1);

    // The table takes one caller at a time: the loop, or a request for its digest.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stop = new();

    // Evaluations hold it for reading, while the loop may write the table; only its end waits for them.
    private readonly ReaderWriterLockSlim _life = new();
    private IFlagTable? _table;
    private volatile IFlagTable? _living;
    // Null once the table has changed since, which it may do at one and the same revision.
    private TableView? _view;

    // The revision that was shown last; only with the turn.
    private long _shown;
    private readonly TaskCompletionSource _current = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;

    // One writer, the loop; many readers.
    private volatile string? _notCurrent = "the table is not written yet";

    /// <summary>Why running programs may not see what this node has applied; null when they do.</summary>
    public string? NotCurrent => _notCurrent;

    /// <summary>Raised by the loop when readers of the table see a revision; what hears it must return at once.</summary>
    public event Action<long>? Shown;

    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    public void Applied(FabricState state, ImmutableArray<string> changedKeys) => Note(state, changedKeys, whole: false);

    public void Replaced(FabricState state) => Note(state, [], whole: true);

    /// <summary>Build-ids that this host has attached to, as far as was noted; null while that is not known. Many threads.</summary>
    public ImmutableSortedSet<string>? Builds => Volatile.Read(ref _builds);

    /// <summary>Completes when the table said for the first time what the log does: the log has reached what this host had shown.</summary>
    public Task CurrentAsync(CancellationToken token) => _current.Task.WaitAsync(token);

    /// <summary>Notes what this host has attached to: flags that require a build are written anew where that lets them answer otherwise.</summary>
    public void Attached(ImmutableSortedSet<string> builds)
    {
        lock (_lock)
        {
            if (_builds is { } known && known.SetEquals(builds))
                return;
            _builds = builds;
        }

        Signal();
    }

    /// <summary>What readers see right now, with its digest; null until the table is open.</summary>
    public async Task<TableView?> ViewAsync(CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            return _table is null ? null : _view ??= new TableView(_table.Path, _table.Kind, _table.Revision, _table.Digest(), _table.WhyFile);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Notes in the table that this host is in touch with its fabric; false while there is no table that takes it.</summary>
    public async Task<bool> StampAsync(CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            _table?.Stamp();
            return _table is not null;
        }
#pragma warning disable CA1031 // A table that cannot be written is the loop's to report, with its next change.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            Log.TableFailed(logger, failed);
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        Close();
        _stop.Dispose();
        _turn.Dispose();
        _signal.Dispose();
    }

    private void Close()
    {
        _life.EnterWriteLock();
        try
        {
            _living = null;
            _table?.Dispose();
        }
        finally
        {
            _life.ExitWriteLock();
        }
    }

    private void Note(FabricState state, ImmutableArray<string> keys, bool whole)
    {
        lock (_lock)
        {
            _latest = state;
            if (!keys.IsDefaultOrEmpty)
                _noted.UnionWith(keys);
            _whole |= whole || _noted.Count > MaxNoted;
        }

        Signal();
    }

    private (FabricState? State, string[] Keys, bool Whole, ImmutableSortedSet<string>? Builds) Take()
    {
        lock (_lock)
        {
            var taken = (_latest, _noted.ToArray(), _whole, _builds);
            _noted.Clear();
            _whole = false;
            return taken;
        }
    }

    private async Task RunAsync(CancellationToken token)
    {
        var retry = FirstRetry;
        try
        {
            while (true)
            {
                await _signal.WaitAsync(token);
                if (await WriteAsync(token))
                {
                    retry = FirstRetry;
                    continue;
                }

                await Task.Delay(retry, time, token);
                retry = retry + retry < LongestRetry ? retry + retry : LongestRetry;
                Signal();
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops; the table stays as it is, for the programs that read it.
        }
    }

    /// <summary>Writes what was noted; false when that failed.</summary>
    private async Task<bool> WriteAsync(CancellationToken token)
    {
        var (state, keys, whole, builds) = Take();
        if (state?.Identity is not { } identity)
            return true;

        await _turn.WaitAsync(token);
        try
        {
            _living = _table ??= Open(identity);
            _view = null;
            Write(_table, state, [.. keys, .. Refold(_table, state, builds)], whole);
            if (_notCurrent is null)
                Shown?.Invoke(_table.Revision);
            return true;
        }
#pragma warning disable CA1031 // Whatever goes wrong with the table, the API and the log must go on.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            Log.TableFailed(logger, failed);
            _notCurrent = $"the table cannot be written: {failed.Message}";
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    private IFlagTable Open(FabricIdentity identity)
    {
        var table = open(identity);
        if (table.WhyFile is { } reason)
            Log.TableIsFile(logger, table.Path, reason);
        return table;
    }

    /// <summary>Has the table go by what is attached now; gives the flags that may answer otherwise since.</summary>
    private static string[] Refold(IFlagTable table, FabricState state, ImmutableSortedSet<string>? builds)
    {
        if (builds is null || table.Builds is { } known && known.SetEquals(builds))
            return [];
        var concerned = BuildGate.Concerned(state.Flags.Flags.Values, table.Builds, builds).ToArray();
        table.Builds = builds;
        return concerned;
    }

    private void Write(IFlagTable table, FabricState state, string[] keys, bool whole)
    {
        // An entry that changed no flag is shown too, so that a table that is up to date says so.
        var revision = state.AppliedIndex;
#if FABRIC_PLANTS
        if (_notCurrent is not null && Fabric.Flags.Plant.Is("table-goes-back"))
        {
            table.Reconcile(1, Fabric.Flags.State.FlagSet.Empty);
            _stop.Token.WaitHandle.WaitOne(50);
        }
#endif
        if (revision < table.Revision)
        {
            // The table outlives the node, and a log that is still being replayed must not take it back in time.
            _notCurrent = $"the table has revision {table.Revision}, and the log is replayed up to {revision}";
        }
        else if (whole || _notCurrent is not null)
        {
            var written = table.Reconcile(revision, state.Flags);
            Log.TableReconciled(logger, table.Path, revision, written);
            _shown = revision;
            _notCurrent = null;
            _current.TrySetResult();
        }
        else if (revision > table.Revision || keys.Length > 0)
        {
#if FABRIC_PLANTS
            if (Fabric.Flags.Plant.Is("split-change-set") && keys.Length > 1)
            {
                table.Apply(revision, state.Flags, keys[..1]);
                _stop.Token.WaitHandle.WaitOne(20);
            }
#endif
            table.Apply(revision, state.Flags, keys);
            _shown = revision;
        }
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
