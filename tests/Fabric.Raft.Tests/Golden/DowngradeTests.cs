using System.Buffers.Binary;
using System.IO.Hashing;
using Fabric.Raft.Observers;
using Fabric.Raft.Snapshots;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests.Golden;

/// <summary>A build that meets what a newer one wrote says so, and leaves all of it as it is.</summary>
[Collection("fabric")]
public sealed class DowngradeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_voter_with_a_snapshot_of_a_newer_build_does_not_start_and_says_which_build_is_needed()
    {
        await using var fabric = new TestFabric(1);
        await fabric.StartAsync("a");
        await fabric.DecideAsync(Sets.Put("flag"));
        var state = fabric.Nodes["a"].State;
        var snapshot = new MemoryStream();
        await fabric.Nodes["a"].WriteSnapshotAsync(snapshot, Token);
        await fabric.StopAsync("a");
        var path = Path.Combine(fabric.DataOf("a"), "snapshots", SnapshotFile.NameOf(state.AppliedIndex, 1));
        var newer = OfVersion(SnapshotFormat.Version + 1, snapshot.ToArray());
        await File.WriteAllBytesAsync(path, newer, Token);

        var refusal = await Assert.ThrowsAsync<LogUnusableException>(() => fabric.StartAsync("a"));

        Assert.Contains("which a newer build wrote", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Run that build here again; nothing was changed", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(newer, await File.ReadAllBytesAsync(path, Token));
    }

    [Fact]
    public async Task An_observer_with_a_snapshot_of_a_newer_build_does_not_start_and_keeps_it()
    {
        using var folder = new TemporaryDirectory();
        Directory.CreateDirectory(folder["snapshots"]);
        var path = Path.Combine(folder["snapshots"], SnapshotFile.NameOf(7, 1));
        await File.WriteAllBytesAsync(path, OfVersion(SnapshotFormat.Version + 1, SnapshotFormat.Write(Snapshots.SnapshotFormatTests.State(7))), Token);
        await using var observer = new ObserverReplica(new ObserverOptions { Name = "o", DataDirectory = folder.Path });

        var refusal = await Assert.ThrowsAsync<LogUnusableException>(() => observer.StartAsync(Token));

        Assert.Contains("which a newer build wrote", refusal.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(path));
    }

    private static byte[] OfVersion(uint version, byte[] snapshot)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(snapshot.AsSpan(8), version);
        BinaryPrimitives.WriteUInt64LittleEndian(snapshot.AsSpan(^8), XxHash64.HashToUInt64(snapshot.AsSpan(..^8)));
        return snapshot;
    }
}
