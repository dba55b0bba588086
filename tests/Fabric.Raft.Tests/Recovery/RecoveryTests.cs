using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using Fabric.Flags.Changes;
using Fabric.Raft.Commands;
using Fabric.Raft.Log;
using Fabric.Raft.Recovery;
using Fabric.Raft.Tests.Harness;
using Fabric.Raft.Tests.Log;

namespace Fabric.Raft.Tests.Recovery;

[Collection("fabric")]
public sealed class RecoveryTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<(string, long)> FlagsOf(FabricState state) => state.Flags.Flags.Values.Select(static flag => (flag.Key, flag.Revision));

    private async Task<string> BackupAsync(RaftConsensus node, string name = "backup")
    {
        using var bytes = new MemoryStream();
        await node.WriteSnapshotAsync(bytes, Token);
        bytes.Position = 0;
        await BackupFile.SaveAsync(bytes, _folder[name], overwrite: false, null, Token);
        return _folder[name];
    }

    private static RaftConsensus Member(TestFabric fabric, string name, string data) => new(fabric.OptionsOf(name) with { DataDirectory = data });

    [Fact]
    public async Task A_fabric_that_is_restored_from_a_backup_has_its_flags_and_its_history_and_another_id()
    {
        await using var fabric = new TestFabric(1);
        var node = await fabric.StartAsync("a");
        for (var i = 0; i < 30; i++)
            await fabric.DecideAsync(Sets.Put($"flag-{i % 7}"));
        await fabric.DecideAsync(Sets.Delete("flag-3"));
        var before = node.State;
        var backup = await BackupAsync(node);
        await fabric.DecideAsync(Sets.Put("later"));

        var read = BackupFile.Read(backup).State!;
        var begins = Restoring.Into(read, _folder["new"], ["a"]);
        await using var restored = Member(fabric, "a", _folder["new"]);
        await fabric.StopAllAsync();
        await restored.StartAsync(Token);
        await Until.True(() => restored.Status.Role == MemberRole.Leader, "the restored member leads");

        Assert.NotEqual(before.Identity!.Id, restored.State.Identity!.Id);
        Assert.Equal(before.Identity.Capacity, restored.State.Identity.Capacity);
        Assert.Equal(FlagsOf(before), FlagsOf(restored.State));
        Assert.Equal(before.History.Changes.Select(static change => (change.Revision, change.Key)), restored.State.History.Changes.Select(static change => (change.Revision, change.Key)));
        Assert.Equal(before.AppliedIndex + Restoring.DefaultSkip, begins.AppliedIndex);
        var next = Assert.IsType<Proposal.Decided>(await restored.ProposeAsync(Sets.Put("new"), Token));
        Assert.True(Assert.IsType<ChangeOutcome.Applied>(next.Outcome).Revision > begins.AppliedIndex);
    }

    [Fact]
    public async Task A_restored_member_goes_on_over_restarts_and_snapshots()
    {
        await using var fabric = new TestFabric(1, static options => options with { EntriesPerSnapshot = 20, EntriesKeptBehindSnapshot = 5 });
        await fabric.StartAsync("a");
        await fabric.DecideAsync(Sets.Put("first"));
        var backup = await BackupAsync(fabric.Nodes["a"]);
        await fabric.StopAllAsync();
        fabric.Wipe("a");
        Restoring.Into(BackupFile.Read(backup).State!, fabric.DataOf("a"), ["a"], skip: 0);

        for (var round = 0; round < 3; round++)
        {
            await fabric.StartAsync("a");
            for (var i = 0; i < 60; i++)
                await fabric.DecideAsync(Sets.Put($"flag-{round}-{i % 5}"));
            await fabric.StopAllAsync();
        }

        await fabric.StartAsync("a");
        Assert.Equal(16, fabric.Nodes["a"].State.Flags.Flags.Count);
        Assert.Empty(fabric.Failures);
    }

    [Fact]
    public async Task Entries_that_a_member_has_count_also_where_it_did_not_know_yet_that_they_were_committed()
    {
        Command[] commands =
        [
            new Command.Bootstrap(new FabricIdentity(Guid.NewGuid(), 100), 100),
            .. Enumerable.Range(0, 4).Select(static i => new Command.Change(Sets.Put($"flag-{i}"))),
        ];
        var (log, _) = await DurableLogTests.OpenAsync(_folder.Path);
        await using (log)
        {
            await log.InitializeAsync(Token);
            await DurableLogTests.AppendAsync(log, new LogEntryProducer<BinaryLogEntry>(
                [.. commands.Select(static command => new BinaryLogEntry { Term = 1, Content = CommandCodec.Encode(command) })]), 1);
            await log.CommitAsync(2, Token);
            await log.WaitForApplyAsync(2, Token);
        }

        var read = await StoppedMember.ReadAsync(_folder.Path, null, Token);

        Assert.Equal(3, read.Unconfirmed);
        Assert.Equal([("flag-0", 2L), ("flag-1", 3), ("flag-2", 4), ("flag-3", 5)], FlagsOf(read.Fabric));
    }

    [Fact]
    public async Task All_that_was_acknowledged_is_read_from_each_stopped_member_that_has_it()
    {
        await using var fabric = new TestFabric();
        await fabric.StartAllAsync();
        for (var i = 0; i < 40; i++)
            await fabric.DecideAsync(Sets.Put($"flag-{i}"));
        var state = await fabric.ConvergeAsync();
        await fabric.StopAllAsync();

        foreach (var name in fabric.Names)
        {
            var before = Files(fabric.DataOf(name));
            var read = await StoppedMember.ReadAsync(fabric.DataOf(name), null, Token);

            Assert.Equal(before, Files(fabric.DataOf(name)));
            Assert.Equal(FlagsOf(state), FlagsOf(read.Fabric));
            Assert.Equal((state.AppliedIndex, state.Digest), (read.Fabric.AppliedIndex, read.Fabric.Digest));
        }
    }

    [Fact]
    public async Task Three_voters_begin_with_copies_of_one_restored_folder()
    {
        await using var fabric = new TestFabric();
        await fabric.StartAllAsync();
        for (var i = 0; i < 20; i++)
            await fabric.DecideAsync(Sets.Put($"flag-{i}"));
        await fabric.ConvergeAsync();
        await fabric.StopAllAsync();
        var read = await StoppedMember.ReadAsync(fabric.DataOf("b"), null, Token);
        Restoring.Into(read, _folder["new"], ["c", "a", "b"]);
        foreach (var name in fabric.Names)
        {
            fabric.Wipe(name);
            foreach (var file in Directory.EnumerateFiles(_folder["new"], "*", SearchOption.AllDirectories))
            {
                var to = Path.Combine(fabric.DataOf(name), Path.GetRelativePath(_folder["new"], file));
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(file, to);
            }
        }

        await fabric.StartAllAsync();
        for (var i = 0; i < 20; i++)
            await fabric.DecideAsync(Sets.Put($"new-{i}"));

        var state = await fabric.ConvergeAsync();
        Assert.Equal(40, state.Flags.Flags.Count);
        Assert.NotEqual(read.Fabric.Identity!.Id, state.Identity!.Id);
        Assert.Empty(fabric.Failures);
    }

    [Fact]
    public async Task A_running_member_is_not_read_and_a_folder_in_use_is_not_restored_into()
    {
        await using var fabric = new TestFabric(1);
        await fabric.StartAsync("a");
        await fabric.DecideAsync(Sets.Put("flag"));
        var backup = await BackupAsync(fabric.Nodes["a"]);

        await Assert.ThrowsAsync<DataDirectoryInUseException>(() => StoppedMember.ReadAsync(fabric.DataOf("a"), null, Token));
        Assert.Throws<IOException>(() => Restoring.Into(BackupFile.Read(backup).State!, fabric.DataOf("a"), ["a"]));
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => StoppedMember.ReadAsync(_folder["nothing"], null, Token));
        Assert.False(Directory.Exists(_folder["nothing"]));
    }

    [Fact]
    public async Task A_backup_that_came_only_in_part_or_is_damaged_replaces_nothing()
    {
        await using var fabric = new TestFabric(1);
        await fabric.StartAsync("a");
        await fabric.DecideAsync(Sets.Put("flag"));
        var backup = await BackupAsync(fabric.Nodes["a"]);
        var whole = await File.ReadAllBytesAsync(backup, Token);

        using var half = new MemoryStream(whole, 0, whole.Length / 2);
        await Assert.ThrowsAsync<InvalidDataException>(() => BackupFile.SaveAsync(half, backup, overwrite: true, null, Token));
        Assert.Equal(whole, await File.ReadAllBytesAsync(backup, Token));
        Assert.Equal([backup], Directory.GetFiles(_folder.Path, "backup*"));

        using var again = new MemoryStream(whole);
        await Assert.ThrowsAsync<IOException>(() => BackupFile.SaveAsync(again, backup, overwrite: false, null, Token));
        whole[^20] ^= 1;
        await File.WriteAllBytesAsync(backup, whole, Token);
        Assert.Equal("its checksum is wrong", BackupFile.Read(backup).Because);
    }

    private static IEnumerable<(string, string)> Files(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(static file => (file, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))))];
}
