using Fabric.Raft.Snapshots;
using Fabric.Raft.Tests.Harness;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabric.Raft.Tests.Snapshots;

public sealed class SnapshotStoreTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();
    private readonly SnapshotStore store;

    public SnapshotStoreTests() => store = new SnapshotStore(folder.Path, NullLogger.Instance);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_newest_good_snapshot_is_loaded_and_newer_bad_ones_are_named()
    {
        Assert.Empty(store.Load().Bad);
        store.Write(SnapshotFormatTests.State(10));
        var newest = store.Write(SnapshotFormatTests.State(20));
        using (var file = File.OpenWrite(newest.Path))
            file.SetLength(100);

        var found = store.Load();

        Assert.Equal(10, found.File!.Index);
        Assert.Equal(10, found.State.Fabric.AppliedIndex);
        Assert.Equal(20, Assert.Single(found.Bad).Index);
    }

    [Fact]
    public void A_file_whose_name_promises_another_index_is_bad()
    {
        store.Load();
        var file = store.Write(SnapshotFormatTests.State(10));
        File.Move(file.Path, Path.Combine(folder.Path, SnapshotFile.NameOf(11, file.Term)));

        Assert.Equal(11, Assert.Single(store.Load().Bad).Index);
    }

    [Fact]
    public void What_a_broken_write_left_is_swept_away()
    {
        File.WriteAllText(folder["half.tmp"], "half");
        Assert.Null(store.Load().File);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_transfer_that_breaks_off_leaves_nothing_behind()
    {
        store.Load();
        store.Write(SnapshotFormatTests.State(10));
        var bytes = SnapshotFormat.Write(SnapshotFormatTests.State(30));
        using var half = new MemoryStream(bytes, 0, bytes.Length / 2);

        await Assert.ThrowsAsync<InvalidDataException>(() => store.ReceiveAsync(half, static _ => true, TestContext.Current.CancellationToken));

        Assert.Equal(10, store.Load().File!.Index);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Older_snapshots_are_deleted_and_the_one_in_force_stays()
    {
        store.Load();
        foreach (var entries in (int[])[10, 20, 30])
            store.Write(SnapshotFormatTests.State(entries));

        store.DeleteBefore(20);

        Assert.Equal(["20-3.snapshot", "30-3.snapshot"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }
}
