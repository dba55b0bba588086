using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;

namespace Fabric.Raft.Log;

/// <summary>
/// The write-ahead log with the fences that DESIGN.md names: a follower's append returns when its entries are on the disk;
/// a request that comes late or twice never cuts off entries that are there already; a leader's append is refused once the
/// term has moved on.
/// </summary>
internal sealed class DurableLog : WriteAheadLog, IPersistentState
{
    private readonly bool stock;
    private Task? initialized;
    private long ledTerm;

    /// <param name="options">Folder and format.</param>
    /// <param name="machine">What applies the entries; its snapshot must be loaded already.</param>
    /// <param name="stock">For the proof only: behave as the log does without fences.</param>
    public DurableLog(Options options, IStateMachine machine, bool stock = false)
        : base(options, machine)
    {
        this.stock = stock;
        ledTerm = CurrentTerm;
    }

    /// <summary>Called whenever a leader was heard; must return at once.</summary>
    public Action? LeaderHeard { get; init; }

    /// <summary>Why a follower must append nothing; null when it may. Asked before anything of an entry is touched.</summary>
    public Func<string?>? NoRoom { get; init; }

    /// <summary>The term that this member knows.</summary>
    public long CurrentTerm => ((IPersistentState)this).Term;

    /// <summary>
    /// The last term in which this member was elected: the only one in which it may write entries. The current term is
    /// no substitute, since it moves on before leadership is seen to have ended.
    /// </summary>
    public long LedTerm => Volatile.Read(ref ledTerm);

    /// <summary>Checks and replays the log; a second call waits for the first.</summary>
    public override Task InitializeAsync(CancellationToken token = default) => initialized ??= base.InitializeAsync(token);

    /// <summary>A leader's own append.</summary>
    async ValueTask<long> IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(TEntry entry, CancellationToken token)
    {
        if (entry is not EmptyLogEntry)
            return await AppendAsync(entry, token);

        // A new leader's first entry, and the only sign of the term in which it was elected.
        var index = stock
            ? await AppendAsync(entry, token)
            : await AppendAsync(new FencedEntry(this, entry.Term, default), token);
        Volatile.Write(ref ledTerm, entry.Term);
        return index;
    }

    /// <summary>A follower's append.</summary>
    async ValueTask IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(ILogEntryProducer<TEntry> entries, long startIndex, bool skipCommitted, CancellationToken token)
    {
        LeaderHeard?.Invoke();
        if (stock || entries.RemainingCount == 0)
        {
            await AppendAsync(entries, startIndex, skipCommitted, token);
            return;
        }

        // The leader hears that this member did not take them, and sends them again; the log is as it was.
        if (NoRoom?.Invoke() is { } full)
            throw new IOException(full);
        await AppendUnseenAsync(entries, startIndex, skipCommitted, token);
        await FlushAsync(token);
    }

    /// <summary>A snapshot that the leader sends, or a single entry.</summary>
    async ValueTask IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(TEntry entry, long startIndex, CancellationToken token)
    {
        LeaderHeard?.Invoke();
        await AppendAsync(entry, startIndex, token);
        if (!stock && !entry.IsSnapshot)
            await FlushAsync(token);
    }

    /// <summary>
    /// Appends from the first entry that the log does not hold in the same term. The base would write all of them again and
    /// end the log behind the last one: a request that was delayed would then cut off what a later one had already
    /// acknowledged.
    /// </summary>
    private async ValueTask AppendUnseenAsync<TEntry>(ILogEntryProducer<TEntry> entries, long startIndex, bool skipCommitted, CancellationToken token)
        where TEntry : IRaftLogEntry
    {
        if (startIndex > LastEntryIndex)
        {
            await AppendAsync(entries, startIndex, skipCommitted, token);
            return;
        }

        for (var index = startIndex; await entries.MoveNextAsync(); index++)
        {
            if (await HoldsAsync(index, entries.Current.Term, token))
                continue;
            await AppendAsync(new UnseenEntries<TEntry>(entries), index, skipCommitted, token);
            return;
        }
    }

    private async ValueTask<bool> HoldsAsync(long index, long term, CancellationToken token)
    {
        if (index <= LastCommittedEntryIndex)
            return true;
        if (index > LastEntryIndex)
            return false;
        using var held = await ReadAsync(index, index, token);
        return held[0].Term == term;
    }
}
