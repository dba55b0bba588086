namespace Fabric.Raft.Observers;

/// <summary>
/// The entries that were applied here last, for hosts that follow. Bounded in number and in bytes, the oldest go first: the
/// log itself cannot be read for this, since it drops what a snapshot covers. One thread appends, any number read.
/// </summary>
public sealed class EntryFeed
{
    private readonly int maxEntries;
    private readonly long maxBytes;
    private readonly Lock gate = new();
    private readonly List<FeedEntry> kept = [];

    // Entries before it have left; the list is cut when they are the larger part of it.
    private int first;
    private long bytes;
    private FeedPosition newest = new(null, 0, 0);
    private TaskCompletionSource more = NewSignal();

    /// <param name="maxEntries">Entries kept at most; at least one.</param>
    /// <param name="maxBytes">Bytes of entries kept at most, the newest entry apart.</param>
    public EntryFeed(int maxEntries = 50_000, long maxBytes = 64L * 1024 * 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEntries, 1);
        (this.maxEntries, this.maxBytes) = (maxEntries, maxBytes);
    }

    /// <summary>How far this host is.</summary>
    public FeedPosition Newest
    {
        get
        {
            lock (gate)
                return newest;
        }
    }

    /// <summary>Waits until there is something after <paramref name="index"/>, or the feed begins anew.</summary>
    public Task WaitForMoreAsync(long index, CancellationToken token)
    {
        lock (gate)
            return newest.Index > index ? Task.CompletedTask : more.Task.WaitAsync(token);
    }

    /// <summary>What follows a position, at most so many entries.</summary>
    public FeedRead ReadAfter(FeedPosition position, int limit)
    {
        lock (gate)
        {
            var oldest = first < kept.Count ? kept[first].Previous : newest.Index;
            if (position.Index > newest.Index)
                return new FeedRead.Ahead(newest.Index);
            if (position.Index < oldest)
                return new FeedRead.TooOld(oldest);
            var at = position.Index == newest.Index ? kept.Count : Find(position.Index);
            if (at < 0 || DigestBefore(at) is { } digest && digest != position.Digest)
                return new FeedRead.Diverged(position.Index);
            return new FeedRead.Entries(kept.GetRange(at, Math.Min(limit, kept.Count - at)));
        }
    }

    /// <summary>The digest after the entry at an index; null where no entry is there or it is no longer kept.</summary>
    public ulong? DigestAt(long index)
    {
        lock (gate)
        {
            if (index == newest.Index)
                return newest.Digest;
            // Each entry names the one before it, so the entry after the index tells where it is.
            var next = Find(index);
            return next > first ? kept[next - 1].Digest : null;
        }
    }

    /// <summary>All entries after an index, whatever the digest there; null where they are no longer kept.</summary>
    internal IReadOnlyList<FeedEntry>? After(long index)
    {
        lock (gate)
        {
            if (index == newest.Index)
                return [];
            var at = Find(index);
            return at < 0 ? null : kept.GetRange(at, kept.Count - at);
        }
    }

    /// <summary>One entry was applied.</summary>
    internal void Append(Guid? fabric, FeedEntry entry)
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            kept.Add(entry);
            bytes += entry.Bytes.Length;
            while (kept.Count - first > 1 && (kept.Count - first > maxEntries || bytes > maxBytes))
                bytes -= kept[first++].Bytes.Length;
            if (first > 1024 && first > kept.Count / 2)
            {
                kept.RemoveRange(0, first);
                first = 0;
            }

            waiting = Advance(new FeedPosition(fabric, entry.Index, entry.Digest));
        }

        waiting.SetResult();
    }

    /// <summary>The state was replaced as a whole: nothing from before can be followed on from.</summary>
    internal void BeginAnew(FeedPosition position)
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            kept.Clear();
            (first, bytes) = (0, 0);
            waiting = Advance(position);
        }

        waiting.SetResult();
    }

    private TaskCompletionSource Advance(FeedPosition position)
    {
        newest = position;
        var waiting = more;
        more = NewSignal();
        return waiting;
    }

    /// <summary>Where the entry that follows the index is; negative where no entry does.</summary>
    private int Find(long index)
    {
        var (low, high) = (first, kept.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (kept[middle].Previous == index)
                return middle;
            if (kept[middle].Previous < index)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return -1;
    }

    /// <summary>The digest that the entry builds on; null where it is no longer known.</summary>
    private ulong? DigestBefore(int at) => at == kept.Count ? newest.Digest : at > first ? kept[at - 1].Digest : null;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
