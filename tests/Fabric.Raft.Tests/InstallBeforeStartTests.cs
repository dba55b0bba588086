using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests;

[Collection("fabric")]
public sealed class InstallBeforeStartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static TestFabric NewFabric(int members = 3) => new(members, static options => options with
    {
        EntriesPerSnapshot = 30,
        EntriesKeptBehindSnapshot = 5,
        EntriesBehindForInstall = 20,
    });

    private static async Task<MemoryStream> SnapshotAsync(RaftConsensus node)
    {
        var stream = new MemoryStream();
        Assert.Equal(node.State.AppliedIndex, (await node.WriteSnapshotAsync(stream, Token))!.AppliedIndex);
        stream.Position = 0;
        return stream;
    }

    [Fact]
    public async Task A_member_with_an_old_log_goes_on_from_a_snapshot_that_was_put_in_place()
    {
        await using var fabric = NewFabric();
        await fabric.StartAllAsync();
        for (var i = 0; i < 10; i++)
            await fabric.DecideAsync(Sets.Put($"old-{i}"));
        await fabric.ConvergeAsync();
        await fabric.StopAsync("c");
        for (var i = 0; i < 200; i++)
            await fabric.DecideAsync(Sets.Put($"new-{i % 20}"));
        using var snapshot = await SnapshotAsync(await fabric.LeaderAsync());

        var late = fabric.Create("c");
        var installed = Assert.IsType<SnapshotInstall.Installed>(await late.InstallBeforeStartAsync(snapshot, Token));
        await late.StartAsync(Token);

        Assert.True(fabric.Sinks["c"].Heard[0].State.AppliedIndex >= installed.Index);
        Assert.True(late.State.AppliedIndex >= installed.Index);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 70; i++)
                await fabric.DecideAsync(Sets.Put($"later-{round}-{i % 10}"));
            var before = await fabric.ConvergeAsync();
            await fabric.StopAsync("c");
            await fabric.StartAsync("c");
            Assert.Equal(before.Digest, (await fabric.ConvergeAsync()).Digest);
        }

        await fabric.StopAllAsync();
        await fabric.StartAllAsync();
        await fabric.ConvergeAsync();
        Assert.Empty(fabric.Failures);
    }

    [Fact]
    public async Task A_member_without_a_log_goes_on_from_a_snapshot_that_was_put_in_place()
    {
        await using var fabric = NewFabric();
        await fabric.StartAsync("a");
        await fabric.StartAsync("b");
        for (var i = 0; i < 100; i++)
            await fabric.DecideAsync(Sets.Put($"flag-{i % 20}"));
        using var snapshot = await SnapshotAsync(await fabric.LeaderAsync());

        var fresh = fabric.Create("c");
        Assert.IsType<SnapshotInstall.Installed>(await fresh.InstallBeforeStartAsync(snapshot, Token));
        await fresh.StartAsync(Token);
        await fabric.DecideAsync(Sets.Put("together"));

        await fabric.ConvergeAsync();
        await fabric.StopAsync("c");
        await fabric.StartAsync("c");
        await fabric.ConvergeAsync();
        Assert.Empty(fabric.Failures);
    }

    [Fact]
    public async Task A_snapshot_that_is_hardly_ahead_is_not_needed()
    {
        await using var fabric = NewFabric();
        await fabric.StartAllAsync();
        await fabric.DecideAsync(Sets.Put("flag"));
        await fabric.ConvergeAsync();
        await fabric.StopAsync("c");
        using var snapshot = await SnapshotAsync(await fabric.LeaderAsync());

        var near = fabric.Create("c");

        Assert.IsType<SnapshotInstall.NotNeeded>(await near.InstallBeforeStartAsync(snapshot, Token));
        await near.StartAsync(Token);
        await fabric.ConvergeAsync();
    }

    [Fact]
    public async Task A_broken_snapshot_and_one_of_another_fabric_are_refused_and_the_member_starts_as_it_was()
    {
        await using var fabric = NewFabric(1);
        await fabric.StartAsync("a");
        for (var i = 0; i < 60; i++)
            await fabric.DecideAsync(Sets.Put($"flag-{i % 20}"));
        var before = fabric.Nodes["a"].State;
        await fabric.StopAsync("a");
        await using var stranger = NewFabric(1);
        await stranger.StartAsync("a");
        for (var i = 0; i < 200; i++)
            await stranger.DecideAsync(Sets.Put($"other-{i % 20}"));
        using var foreign = await SnapshotAsync(stranger.Nodes["a"]);
        using var broken = new MemoryStream(foreign.ToArray(), 0, (int)foreign.Length - 9);

        var node = fabric.Create("a");

        Assert.IsType<SnapshotInstall.Refused>(await node.InstallBeforeStartAsync(broken, Token));
        Assert.IsType<SnapshotInstall.Refused>(await node.InstallBeforeStartAsync(foreign, Token));
        await node.StartAsync(Token);
        Assert.Equal((before.AppliedIndex, before.Digest), (node.State.AppliedIndex, node.State.Digest));
    }
}
