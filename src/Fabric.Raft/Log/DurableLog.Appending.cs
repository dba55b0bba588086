using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;

namespace Fabric.Raft.Log;

internal sealed partial class DurableLog
{
    /// <summary>A leader's own append. Returns before the entry is on the disk, so that the followers get it meanwhile.</summary>
    /// <exception cref="TermHasPassedException">The term has moved on; nothing was appended.</exception>
    public new async ValueTask<long> AppendAsync<TEntry>(TEntry entry, CancellationToken token = default)
        where TEntry : IRaftLogEntry
    {
        if (entry is FencedEntry fenced)
            return AppendFenced(fenced);
        // A new leader's first entry, and the only sign of the term in which it was elected.
        if (entry is EmptyLogEntry)
        {
            var first = AppendFenced(new FencedEntry(entry.Term, default));
            Volatile.Write(ref ledTerm, entry.Term);
            return first;
        }

        var stored = await StoredEntry.OfAsync(entry, 0, token);
        return AppendFenced(new FencedEntry(stored.Term, stored.Bytes));
    }

    /// <summary>A follower's append. Returns when the entries of the request are on the disk.</summary>
    public new async ValueTask AppendAsync<TEntry>(ILogEntryProducer<TEntry> entries, long startIndex, bool skipCommitted = false, CancellationToken token = default)
        where TEntry : IRaftLogEntry
    {
        LeaderHeard?.Invoke();
        if (entries.RemainingCount == 0)
            return;
        var received = new List<StoredEntry>((int)Math.Min(entries.RemainingCount, 1024));
        while (await entries.MoveNextAsync())
            received.Add(await StoredEntry.OfAsync(entries.Current, startIndex + received.Count, token));
        // The leader hears that this member did not take them, and sends them again; the log is as it was.
        if (!stock && NoRoom?.Invoke() is { } full)
            throw new IOException(full);
        AppendReceived(received, skipCommitted);
        if (stock)
            BeginWriting();
        else
            await EnsureWrittenAsync(startIndex + received.Count - 1, token);
    }

    /// <summary>A snapshot that the leader sends, or a single entry.</summary>
    public new async ValueTask AppendAsync<TEntry>(TEntry entry, long startIndex, CancellationToken token = default)
        where TEntry : IRaftLogEntry
    {
        LeaderHeard?.Invoke();
        if (entry.IsSnapshot)
        {
            await InstallAsync(entry, startIndex, token);
            return;
        }

        AppendReceived([await StoredEntry.OfAsync(entry, startIndex, token)], skipCommitted: false);
        await EnsureWrittenAsync(startIndex, token);
    }

    private long AppendFenced(FencedEntry entry)
    {
        long index;
        lock (gate)
        {
            ThrowWhenFailed();
            if (!stock && CurrentTerm != entry.Term)
                throw new TermHasPassedException();
            entry.Written = true;
            index = tail.Last + 1;
            tail.Add(new StoredEntry(index, entry.Term, entry.Content));
        }

        BeginWriting();
        return index;
    }

    /// <summary>
    /// Appends from the first entry that the log does not hold in the same term. To append all of them again would end the log
    /// behind the last one: a request that was delayed would then cut off what a later one had already acknowledged.
    /// </summary>
    private void AppendReceived(List<StoredEntry> received, bool skipCommitted)
    {
        lock (gate)
        {
            ThrowWhenFailed();
            ArgumentOutOfRangeException.ThrowIfGreaterThan(received[0].Index, tail.Last + 1);
            var unseen = received.SkipWhile(entry => entry.Index <= commit || (!stock && tail.Find(entry.Index)?.Term == entry.Term)).ToArray();
            if (!skipCommitted && received[0].Index <= commit)
                throw new InvalidOperationException($"Entry {received[0].Index} is committed and stays as it is.");
            if (unseen.Length == 0)
                return;
            if (unseen[0].Index <= tail.Last)
                CutFrom(unseen[0].Index);
            foreach (var entry in unseen)
                tail.Add(entry);
        }
    }

    private void CutFrom(long index)
    {
        tail.CutFrom(index);
        durable = Math.Min(durable, index - 1);
        nextToWrite = Math.Min(nextToWrite, index);
    }
}
