using Fabric.Flags.Changes;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests;

[Collection("fabric")]
public sealed class ThreeMembersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_members_elect_a_leader_and_all_know_it()
    {
        await using var fabric = new TestFabric();
        await fabric.StartAllAsync();
        await fabric.LeaderAsync();

        var names = await Task.WhenAll(fabric.Nodes.Values.Select(node => node.WaitForLeaderAsync(Token)));

        Assert.Single(names.Distinct());
        await Until.True(() => fabric.Nodes.Values.All(static node => node.State.Identity is not null), "every member knows the fabric's identity");
        Assert.Single(fabric.Nodes.Values.Select(static node => node.State.Identity).Distinct());
        await Until.True(() => fabric.Nodes.Values.All(static node => node.Status.LastContact is not null), "every member was in contact with the leader");
    }

    [Fact]
    public async Task A_write_at_the_leader_is_applied_by_all()
    {
        await using var fabric = new TestFabric();
        await fabric.StartAllAsync();

        var outcome = await fabric.DecideAsync(Sets.Put("new-checkout"));

        var revision = Assert.IsType<ChangeOutcome.Applied>(outcome).Revision;
        var state = await fabric.ConvergeAsync();
        Assert.Equal(revision, state.Flags.Flags["new-checkout"].Revision);
        Assert.Empty(fabric.Failures);
    }

    [Fact]
    public async Task A_member_that_does_not_lead_refuses_and_names_the_leader()
    {
        await using var fabric = new TestFabric();
        await fabric.StartAllAsync();
        var leader = await fabric.LeaderAsync();
        var name = leader.Status.Leader;
        var other = fabric.Nodes.First(node => node.Key != name).Value;
        await other.WaitForLeaderAsync(Token);

        var proposal = await other.ProposeAsync(Sets.Put("flag"), Token);

        Assert.Equal(new Proposal.NotLeader(name), proposal);
        Assert.Null(await other.ReadIndexAsync(Token));
    }

    [Fact]
    public async Task A_restart_replays_to_the_same_digest()
    {
        await using var fabric = new TestFabric();
        await fabric.StartAllAsync();
        for (var i = 0; i < 50; i++)
            await fabric.DecideAsync(Sets.Put($"flag-{i % 7}"));
        var before = await fabric.ConvergeAsync();

        await fabric.StopAllAsync();
        await fabric.StartAllAsync();
        var after = await fabric.ConvergeAsync();

        Assert.Equal(before.AppliedIndex, after.AppliedIndex);
        Assert.Equal(before.Digest, after.Digest);
        Assert.Empty(fabric.Failures);
    }
}
