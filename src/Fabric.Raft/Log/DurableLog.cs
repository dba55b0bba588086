using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using Fabric.Raft.StateMachine;

namespace Fabric.Raft.Log;

/// <summary>
/// The log, as DESIGN.md describes it: entries in memory, and a file to which those that were appended meanwhile are written
/// together and flushed once. The library asks for its own log, so this one derives from that and takes every call; the
/// library's keeps the term and the vote, and nothing else.
/// </summary>
internal sealed partial class DurableLog : WriteAheadLog, IPersistentState
{
    private readonly FabricStateMachine machine;
    private readonly LogFiles files;
    private readonly bool stock;
    private readonly Lock gate = new();

    // Under the gate.
    private readonly LogTail tail;
    private long commit;
    private Exception? failure;

    private Task? initialized;
    private long ledTerm;

    private DurableLog(string votes, LogFiles files, LogFound found, FabricStateMachine machine, bool stock)
        : base(new Options { Location = votes }, IStateMachine.CreateNoOp())
    {
        (this.files, this.machine, this.stock, tail) = (files, machine, stock, found.Tail);
        var snapshot = machine.Snapshot;
        if (snapshot is not null && !tail.ContinueFrom(snapshot.Index, snapshot.Term))
            files.BeginAnew();
        commit = Math.Clamp(found.Commit, tail.Base, tail.Last);
        (durable, nextToWrite, commitWritten, applied, covered) = (tail.Last, tail.Last + 1, commit, tail.Base, tail.Base);
        ledTerm = CurrentTerm;
    }

    /// <summary>Opens the log of a folder, which is made where it is missing. What older builds wrote is taken over.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="machine">What applies the entries; its snapshot must be loaded already.</param>
    /// <param name="stock">For the proof only: do without the fences B1, B8 and B9, as the library's log does.</param>
    /// <param name="token">Ends it.</param>
    /// <exception cref="InvalidDataException">What is on the disk has rotted, or entries are missing.</exception>
    public static async Task<DurableLog> OpenAsync(string directory, FabricStateMachine machine, bool stock = false, CancellationToken token = default)
    {
        var folder = new LogFolder(directory);
        await OlderLog.TakeOverAsync(folder, machine.Snapshot, token);
        var (files, found) = LogFiles.Open(folder.Entries);
        OlderLog.Retire(folder);
        var snapshot = machine.Snapshot?.Index ?? 0;
        if (found.Tail.Base > snapshot)
        {
            files.Dispose();
            throw new InvalidDataException($"The entries from {snapshot + 1} to {found.Tail.Base} are missing in {directory}.");
        }

        return new DurableLog(folder.Votes, files, found, machine, stock);
    }

    /// <summary>Called whenever a leader was heard; must return at once.</summary>
    public Action? LeaderHeard { get; set; }

    /// <summary>Why a follower must append nothing; null when it may. Asked before anything of an entry is touched.</summary>
    public Func<string?>? NoRoom { get; set; }

    /// <summary>The term that this member knows.</summary>
    public long CurrentTerm => ((IPersistentState)this).Term;

    /// <summary>
    /// The last term in which this member was elected: the only one in which it may write entries. The current term is
    /// no substitute, since it moves on before leadership is seen to have ended.
    /// </summary>
    public long LedTerm => Volatile.Read(ref ledTerm);

    /// <summary>Index of the last entry, whether or not it is on the disk.</summary>
    public new long LastEntryIndex
    {
        get
        {
            lock (gate)
                return tail.Last;
        }
    }

    /// <summary>Index of the last entry that is known to be committed.</summary>
    public new long LastCommittedEntryIndex
    {
        get
        {
            lock (gate)
                return commit;
        }
    }

    /// <summary>Replays what is known to be committed; a second call waits for the first.</summary>
    public override Task InitializeAsync(CancellationToken token = default) => initialized ??= ReplayAsync(token);

    /// <summary>The entries of a range that are in the log; none that only the snapshot holds.</summary>
    public IReadOnlyList<StoredEntry> Read(long startIndex, long endIndex)
    {
        lock (gate)
            return tail.Slice(startIndex, endIndex);
    }

    /// <inheritdoc/>
    public new ValueTask<TResult> ReadAsync<TResult>(ILogEntryConsumer<IRaftLogEntry, TResult> reader, long startIndex, long endIndex, CancellationToken token = default)
    {
        IRaftLogEntry[] entries;
        long? snapshotIndex = null;
        lock (gate)
        {
            ThrowWhenFailed();
            ArgumentOutOfRangeException.ThrowIfNegative(startIndex);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(endIndex, tail.Last);
            entries = tail.Slice(startIndex, endIndex);
            if (startIndex <= endIndex && startIndex <= tail.Base && machine.Snapshot is { } snapshot)
                (entries, snapshotIndex) = ([snapshot], snapshot.Index);
        }

        return reader.ReadAsync<IRaftLogEntry, IRaftLogEntry[]>(entries, snapshotIndex, token);
    }

    /// <summary>Ends the log: what was appended is on the disk, and what was committed is noted there.</summary>
    protected override async ValueTask DisposeAsyncCore()
    {
        await applyTurn.WaitAsync();
        await CloseFilesAsync();
        Fail(new ObjectDisposedException(nameof(DurableLog)));
        await base.DisposeAsyncCore();
    }

    private async Task ReplayAsync(CancellationToken token)
    {
        BeginApplying();
        await WaitForApplyAsync(LastCommittedEntryIndex, token);
    }

    private void Fail(Exception cause)
    {
        lock (gate)
            failure ??= cause as ObjectDisposedException ?? (Exception)new LogFailedException(cause);
        EndWaits(failure);
    }

    private void ThrowWhenFailed()
    {
        if (failure is { } cause)
            throw cause is LogFailedException ? new LogFailedException(cause.InnerException!) : new ObjectDisposedException(nameof(DurableLog));
    }
}
