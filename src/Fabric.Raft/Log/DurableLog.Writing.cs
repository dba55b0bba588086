namespace Fabric.Raft.Log;

internal sealed partial class DurableLog
{
    // Under the gate. Whoever has set `writing` alone may use the files.
    private long durable;
    private long nextToWrite;
    private long commitWritten;
    private long covered;
    private bool writing;
    private TaskCompletionSource written = NewTurn();

    private static TaskCompletionSource NewTurn() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Has everything appended so far written, by another thread.</summary>
    private void BeginWriting()
    {
        lock (gate)
        {
            if (writing || failure is not null || nextToWrite > tail.Last)
                return;
            writing = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static log => log.WriteAll(), this, preferLocal: false);
    }

    /// <summary>Returns when all up to this index is on the disk; writes it itself when nobody writes.</summary>
    /// <exception cref="LogFailedException">It cannot be known what is on the disk.</exception>
    private async ValueTask EnsureWrittenAsync(long index, CancellationToken token)
    {
        while (true)
        {
            Task? turn = null;
            lock (gate)
            {
                ThrowWhenFailed();
                if (durable >= index)
                    return;
                // Another leader's entries ended the log before it: nothing that is still to be written comes to it.
                if (index > tail.Last)
                    throw new InvalidOperationException($"Entry {index} was cut off before it was on the disk.");
                if (writing)
                    turn = written.Task;
                writing = true;
            }

            if (turn is null)
                WriteOut();
            else
                await turn.WaitAsync(token);
        }
    }

    private void WriteAll()
    {
        do
            WriteOut();
        while (TakesWriting(static log => log.nextToWrite <= log.tail.Last));
    }

    /// <summary>Notes in the file what is committed, where no entry that follows does so at once. It need not be flushed: a start without it asks the leader.</summary>
    private void NoteCommit()
    {
        if (TakesWriting(static log => log.commit > log.commitWritten && log.nextToWrite > log.tail.Last))
            WriteOut();
    }

    private bool TakesWriting(Func<DurableLog, bool> needed)
    {
        lock (gate)
            return failure is null && !writing && needed(this) && (writing = true);
    }

    /// <summary>Writes all that is not written yet, in one frame and with one flush. Called by whoever has set `writing`.</summary>
    private void WriteOut()
    {
        LogFrame frame;
        long drop;
        lock (gate)
        {
            frame = new LogFrame(commit, tail.Slice(nextToWrite, tail.Last));
            (nextToWrite, drop) = (tail.Last + 1, covered);
        }

        Exception? failed = null;
        try
        {
            files.Append(frame, flush: frame.Entries.Count > 0);
            files.DeleteTo(drop);
        }
        catch (Exception cause)
        {
            failed = cause;
        }

        EndWriting(frame, failed);
        if (failed is not null)
            Fail(failed);
    }

    private void EndWriting(LogFrame frame, Exception? failed)
    {
        TaskCompletionSource turn;
        lock (gate)
        {
            if (failed is not null)
                failure ??= new LogFailedException(failed);
            else if (frame.Entries.Count > 0)
                // What was cut off meanwhile stands in the file until its successor does; it counts for nothing.
                durable = Math.Max(durable, Math.Min(frame.Entries[^1].Index, nextToWrite - 1));
            (commitWritten, writing) = (Math.Max(commitWritten, frame.Commit), false);
            (turn, written) = (written, NewTurn());
        }

        turn.SetResult();
    }

    /// <summary>Returns when the caller alone may use the files.</summary>
    private async Task TakeFilesAsync()
    {
        while (true)
        {
            Task turn;
            lock (gate)
            {
                if (!writing)
                {
                    writing = true;
                    return;
                }

                turn = written.Task;
            }

            await turn;
        }
    }

    private async Task CloseFilesAsync()
    {
        await TakeFilesAsync();
        if (failure is null)
        {
            WriteOut();
            await TakeFilesAsync();
        }

        files.Dispose();
    }
}
