using Fabric.Bpf.Usage;
using Fabric.Node.Tables;
using Fabric.Raft;

namespace Fabric.Node.Usage;

/// <summary>A ledger as it was at one moment.</summary>
/// <param name="Since">When counting began on this host.</param>
/// <param name="Now">When this was read.</param>
/// <param name="Tallies">Everything that is counted.</param>
/// <param name="Seen">When each was last seen to grow.</param>
/// <param name="Beyond">Calls of which only is known that there were so many.</param>
/// <param name="Unread">Files that should be sheets and could not be read.</param>
/// <param name="OutOfMemory">Calls that kept their program's own default, since the kernel had no memory to evaluate a rule in.</param>
internal sealed record UsageView(
    DateTimeOffset Since, DateTimeOffset Now, IReadOnlyDictionary<UsageKey, UsageTally> Tallies, IReadOnlyDictionary<UsageKey, UsageSeen> Seen, long Beyond, int Unread, long OutOfMemory = 0);

/// <summary>
/// Reads every few seconds what the host's programs and its kernel have counted, takes over what processes that ended have
/// left, and keeps all of it across restarts. Sheets are only taken away once their counts are on the disk.
/// </summary>
internal sealed class UsageLoop(TableLoop table, IConsensus consensus, VariantNames names, string dataDirectory, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SaveInterval = TimeSpan.FromMinutes(1);

    /// <summary>How long names are remembered that no flag has.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromDays(90);

    /// <summary>With so many ended sheets in the folder, the next save is due.</summary>
    private const int ManyEnded = 256;

    private readonly UsageStore _store = new(dataDirectory);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _turn = new(1, 1); // to read and to save

    // Guards the ledger, for evaluations over HTTP that count while a reading is taken over.
    private readonly Lock _lock = new();
    private readonly UsageLedger _ledger = new(names, time.GetUtcNow());

    private bool _restored;
    private DateTimeOffset _read = DateTimeOffset.MinValue;
    private DateTimeOffset _saved = DateTimeOffset.MinValue;
    private IReadOnlyList<string> _ended = [];
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    /// <summary>Counts an answer that this node gave over HTTP; a null variant is the caller's own default.</summary>
    public void CountRemote(string flag, string? variant, bool missed)
    {
        lock (_lock)
            _ledger.CountRemote(flag, variant, missed, time.GetUtcNow());
    }

    /// <summary>All that is counted up to now; null while there is no table.</summary>
    public async Task<UsageView?> ViewAsync(CancellationToken token)
    {
        var asked = time.GetUtcNow();
        await _turn.WaitAsync(token);
        try
        {
            // Of several that wait, one reads for all.
            if (_read <= asked)
                Read();
            lock (_lock)
                return _restored ? Look() : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What the last reading showed, some seconds ago; null before the first.</summary>
    public UsageView? LastView()
    {
        lock (_lock)
            return _read == DateTimeOffset.MinValue ? null : Look();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _turn.WaitAsync(CancellationToken.None);
        Read();
        Save();
        _turn.Dispose();
        _stop.Dispose();
    }

    private UsageView Look() => new(
        _ledger.Since, _read, _ledger.Total().Tallies, new Dictionary<UsageKey, UsageSeen>(_ledger.Seen), _ledger.SettledBeyond + _ledger.LivingBeyond, _ledger.Unread, _ledger.OutOfMemory);

    private async Task RunAsync(CancellationToken token)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, time);
            do
            {
                await _turn.WaitAsync(token);
                try
                {
                    Read();
                    if (time.GetUtcNow() - _saved > SaveInterval || _ended.Count >= ManyEnded)
                        Save();
                }
                finally
                {
                    _turn.Release();
                }
            }
            while (await timer.WaitForNextTickAsync(token));
        }
        catch (OperationCanceledException)
        {
            // The node stops, and saves once more.
        }
    }

    private void Read()
    {
        if (table.Usage is not { } usage)
            return;
        try
        {
            Restore(usage);
            var begun = time.GetUtcNow();
            var reading = usage.Read();
            var flags = consensus.State.Flags.Flags;
            lock (_lock)
            {
                _read = begun;
                _ended = _ledger.Take(reading, flags.ContainsKey, _read);
                _ledger.Forget(flags.ContainsKey, _read - Memory);
            }
        }
#pragma warning disable CA1031 // Counting never stands in the way of what is counted.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            Log.UsageFailed(logger, failed);
        }
    }

    private void Restore(IHostUsage usage)
    {
        if (_restored)
            return;
        _restored = true;
        lock (_lock)
        {
            if (_store.Read(_ledger, names, usage.Boot) is { } unusable)
                Log.UsageBegunAnew(logger, unusable);
        }
    }

    private void Save()
    {
        if (table.Usage is not { } usage || !_restored)
            return;
        try
        {
            byte[] content;
            lock (_lock)
                content = UsageStore.Write(_ledger, names, usage.Boot);
            _store.Save(content);
            _saved = time.GetUtcNow();
            foreach (var sheet in _ended)
                usage.Discard(sheet);
        }
#pragma warning disable CA1031 // What is not saved is still where it was counted.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            Log.UsageFailed(logger, failed);
        }
    }
}
