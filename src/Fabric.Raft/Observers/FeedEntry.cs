namespace Fabric.Raft.Observers;

/// <summary>A committed entry on its way to hosts that do not vote.</summary>
/// <param name="Previous">Index of the entry before it; between the two are only a leader's empty ones. 0 before the first.</param>
/// <param name="Index">Its index in the log.</param>
/// <param name="Term">Its term.</param>
/// <param name="Digest">The rolling digest after it: whoever comes to another one has diverged.</param>
/// <param name="Bytes">The entry as it is in the log.</param>
public sealed record FeedEntry(long Previous, long Index, long Term, ulong Digest, ReadOnlyMemory<byte> Bytes);

/// <summary>How far a host is: what it asks to go on from.</summary>
/// <param name="Fabric">The fabric that it belongs to; null before it has heard of any.</param>
/// <param name="Index">The last entry that it has applied; 0 for none.</param>
/// <param name="Digest">The rolling digest after that entry.</param>
public sealed record FeedPosition(Guid? Fabric, long Index, ulong Digest);

/// <summary>What reading on from a position comes to.</summary>
public abstract record FeedRead
{
    private FeedRead() { }

    /// <summary>What follows, in order; empty where nothing does yet.</summary>
    public sealed record Entries(IReadOnlyList<FeedEntry> Next) : FeedRead;

    /// <summary>What follows is no longer kept, so the reader needs a snapshot.</summary>
    /// <param name="Oldest">The position from which entries are kept.</param>
    public sealed record TooOld(long Oldest) : FeedRead;

    /// <summary>The reader is ahead of this host, which may itself be behind. Not an error: another host can go on.</summary>
    public sealed record Ahead(long Newest) : FeedRead;

    /// <summary>At the same index the two have come to different digests.</summary>
    public sealed record Diverged(long Index) : FeedRead;
}
