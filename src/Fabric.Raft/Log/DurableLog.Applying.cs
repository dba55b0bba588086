using DotNext.Net.Cluster.Consensus.Raft;
using Fabric.Raft.Snapshots;

namespace Fabric.Raft.Log;

internal sealed partial class DurableLog
{
    // Held by whoever changes the state: the one that applies, or the one that takes a snapshot over.
    private readonly SemaphoreSlim applyTurn = new(1, 1);

    // Those who wait for an index, under their own lock: they come and go while entries are appended.
    private readonly Lock waitGate = new();
    private readonly PriorityQueue<TaskCompletionSource, long> waits = new();

    private long applied;
    private bool applying;

    /// <summary>Index of the last entry that was applied.</summary>
    public new long LastAppliedIndex => Volatile.Read(ref applied);

    /// <summary>Commits up to this index, once that is on this member's disk. Returns how many entries that were.</summary>
    public new async ValueTask<long> CommitAsync(long endIndex, CancellationToken token = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(endIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(endIndex, LastEntryIndex);
        await EnsureWrittenAsync(endIndex, token);
        long count;
        lock (gate)
        {
            count = Math.Max(0, endIndex - commit);
            commit += count;
        }

        if (count > 0)
            BeginApplying();
        return count;
    }

    /// <summary>Returns when the next entry was applied.</summary>
    public new ValueTask WaitForApplyAsync(CancellationToken token = default) => WaitForApplyAsync(LastAppliedIndex + 1, token);

    /// <summary>Returns when the entry at this index was applied.</summary>
    /// <exception cref="LogFailedException">The log has failed.</exception>
    public new ValueTask WaitForApplyAsync(long index, CancellationToken token = default)
    {
        if (index <= LastAppliedIndex)
            return ValueTask.CompletedTask;
        var wait = NewTurn();
        lock (waitGate)
            waits.Enqueue(wait, index);
        // Either this sees what happened meanwhile, or whoever caused it sees the wait.
        if (Volatile.Read(ref failure) is { } failed)
            EndWaits(failed);
        else
            WakeWaits();
        return new ValueTask(wait.Task.WaitAsync(token));
    }

    private void BeginApplying()
    {
        lock (gate)
        {
            if (applying || failure is not null || applied >= commit)
                return;
            applying = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static log => _ = log.ApplyAllAsync(), this, preferLocal: false);
    }

    private async Task ApplyAllAsync()
    {
        await applyTurn.WaitAsync();
        try
        {
            while (TakeCommitted() is { Length: > 0 } entries)
            {
                foreach (var entry in entries)
                    Apply(entry);
                DropCovered();
            }

            NoteCommit();
        }
        catch (Exception cause)
        {
            Fail(cause);
        }
        finally
        {
            applyTurn.Release();
        }
    }

    private StoredEntry[] TakeCommitted()
    {
        lock (gate)
        {
            var entries = failure is null ? tail.Slice(applied + 1, commit) : [];
            applying = entries.Length > 0;
            return entries;
        }
    }

    private void Apply(StoredEntry entry)
    {
        machine.Apply(entry);
        Volatile.Write(ref applied, entry.Index);
        WakeWaits();
    }

    /// <summary>Lets go of what a snapshot covers.</summary>
    private void DropCovered()
    {
        if (machine.Snapshot is not { } snapshot || snapshot.Index <= covered)
            return;
        lock (gate)
        {
            tail.DropTo(snapshot.Index);
            covered = snapshot.Index;
        }

        machine.DropSnapshotsBefore(snapshot.Index);
    }

    /// <summary>Takes over another member's state: all that it holds is committed.</summary>
    private async ValueTask InstallAsync<TEntry>(TEntry snapshot, long index, CancellationToken token)
        where TEntry : IRaftLogEntry
    {
        await applyTurn.WaitAsync(token);
        try
        {
            lock (gate)
            {
                ThrowWhenFailed();
                if (index <= commit)
                    throw new InvalidOperationException($"A snapshot at {index} is not ahead of {commit}, which is committed.");
            }

            var file = await machine.InstallAsync(snapshot, index, token);
            await TakeFilesAsync();
            GoOnFrom(file);
            WakeWaits();
            machine.DropSnapshotsBefore(file.Index);
        }
        finally
        {
            applyTurn.Release();
        }
    }

    /// <summary>Called by whoever applies and has taken the files.</summary>
    private void GoOnFrom(SnapshotFile file)
    {
        bool follows;
        lock (gate)
        {
            follows = tail.ContinueFrom(file.Index, file.Term);
            if (!follows)
                (durable, nextToWrite) = (file.Index, file.Index + 1);
            else
                nextToWrite = Math.Max(nextToWrite, file.Index + 1);
            (commit, durable, covered) = (Math.Max(commit, file.Index), Math.Max(durable, file.Index), file.Index);
            Volatile.Write(ref applied, file.Index);
        }

        Exception? failed = null;
        try
        {
            if (!follows)
                files.BeginAnew();
        }
        catch (Exception cause)
        {
            failed = cause;
        }

        EndWriting(new LogFrame(0, []), failed);
        if (failed is not null)
            Fail(failed);
    }

    private void WakeWaits()
    {
        lock (waitGate)
        {
            while (waits.TryPeek(out var wait, out var index) && index <= LastAppliedIndex)
            {
                waits.Dequeue();
                wait.TrySetResult();
            }
        }
    }

    private void EndWaits(Exception cause)
    {
        lock (waitGate)
        {
            while (waits.TryDequeue(out var wait, out _))
                wait.TrySetException(cause);
        }
    }
}
