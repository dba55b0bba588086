using Fabric.Raft.Observers;

namespace Fabric.Raft.Tests.Observers;

public sealed class EntryFeedTests
{
    private static readonly Guid Fabric = Guid.Parse("11111111-2222-3333-4444-555555555555");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Readers_go_on_from_any_entry_that_is_kept_and_are_told_when_theirs_is_gone()
    {
        var feed = new EntryFeed(maxEntries: 4);
        Append(feed, 2, 3, 5, 6, 9, 10);
        Assert.Equal([9, 10], Indices(feed.ReadAfter(At(6), 10)));
        Assert.Equal([6], Indices(feed.ReadAfter(At(5), 1)));
        Assert.Empty(Indices(feed.ReadAfter(At(10), 10)));
        Assert.Equal([5, 6, 9, 10], Indices(feed.ReadAfter(At(3), 10)));
        Assert.Equal(3, Assert.IsType<FeedRead.TooOld>(feed.ReadAfter(At(2), 10)).Oldest);
        Assert.Equal(10, Assert.IsType<FeedRead.Ahead>(feed.ReadAfter(At(11), 10)).Newest);
    }

    [Fact]
    public void A_reader_with_another_past_is_told_so()
    {
        var feed = new EntryFeed();
        Append(feed, 2, 3, 5);
        Assert.IsType<FeedRead.Diverged>(feed.ReadAfter(At(3) with { Digest = 1 }, 10));
        Assert.IsType<FeedRead.Diverged>(feed.ReadAfter(At(5) with { Digest = 1 }, 10));
        Assert.IsType<FeedRead.Diverged>(feed.ReadAfter(At(4), 10));
    }

    [Fact]
    public void Bytes_are_bounded_too_and_the_newest_entry_is_always_kept()
    {
        var feed = new EntryFeed(maxBytes: 25);
        Append(feed, 1, 2, 3, 4); // ten bytes each
        Assert.Equal([3, 4], Indices(feed.ReadAfter(At(2), 10)));
        feed.Append(Fabric, new FeedEntry(4, 5, 1, 50, new byte[100]));
        Assert.Equal([5], Indices(feed.ReadAfter(At(4), 10)));
        Assert.IsType<FeedRead.TooOld>(feed.ReadAfter(At(3), 10));
    }

    [Fact]
    public async Task Whoever_waits_hears_of_the_next_entry_and_of_a_new_beginning()
    {
        var feed = new EntryFeed();
        var first = feed.WaitForMoreAsync(0, Token);
        Assert.False(first.IsCompleted);
        Append(feed, 1);
        await first.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.True(feed.WaitForMoreAsync(0, Token).IsCompleted);

        var second = feed.WaitForMoreAsync(1, Token);
        feed.BeginAnew(At(7));
        await second.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.IsType<FeedRead.TooOld>(feed.ReadAfter(At(1), 10));
        Assert.Empty(Indices(feed.ReadAfter(At(7), 10)));
    }

    [Fact]
    public void A_long_run_keeps_the_bound()
    {
        var feed = new EntryFeed(maxEntries: 100);
        Append(feed, [.. Enumerable.Range(1, 10_000)]);
        Assert.Equal(100, Indices(feed.ReadAfter(At(9_900), 1_000)).Length);
        Assert.Equal(9_900, Assert.IsType<FeedRead.TooOld>(feed.ReadAfter(At(9_899), 10)).Oldest);
    }

    [Fact]
    public void A_frame_reads_back_and_nothing_else_is_taken_for_one()
    {
        var entry = new FeedEntry(3, 5, 2, 0xfeed, new byte[] { 1, 2, 3, 4, 5 });
        var bytes = new byte[FeedFrame.SizeOf(entry) + 3];
        Assert.Equal(FeedFrame.SizeOf(entry), FeedFrame.Write(entry, bytes));
        var read = FeedFrame.Read(bytes, out var taken)!;
        Assert.Equal(FeedFrame.SizeOf(entry), taken);
        Assert.Equal((entry.Previous, entry.Index, entry.Term, entry.Digest), (read.Previous, read.Index, read.Term, read.Digest));
        Assert.Equal(entry.Bytes.ToArray(), read.Bytes.ToArray());
        for (var i = 0; i < FeedFrame.SizeOf(entry); i++)
        {
            Assert.Null(FeedFrame.Read(bytes.AsMemory(0, i), out _));
            var wrong = (byte[])bytes.Clone();
            wrong[i] ^= 4;
            Assert.Null(FeedFrame.Read(wrong, out _));
        }
    }

    private static FeedPosition At(long index) => new(Fabric, index, (ulong)index * 10);

    private static void Append(EntryFeed feed, params int[] indices)
    {
        foreach (var index in indices)
            feed.Append(Fabric, new FeedEntry(feed.Newest.Index, index, 1, (ulong)index * 10, new byte[10]));
    }

    private static long[] Indices(FeedRead read) => [.. Assert.IsType<FeedRead.Entries>(read).Next.Select(static entry => entry.Index)];
}
