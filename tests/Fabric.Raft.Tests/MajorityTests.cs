using Fabric.Flags.Changes;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests;

[Collection("fabric")]
public sealed class MajorityTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_others_go_on_when_the_leader_is_gone_and_it_catches_up_later()
    {
        await using var fabric = new TestFabric();
        await fabric.StartAllAsync();
        await fabric.DecideAsync(Sets.Put("before"));
        var leader = (await fabric.LeaderAsync()).Status.Leader!;

        await fabric.StopAsync(leader);
        await fabric.DecideAsync(Sets.Put("after"));
        await fabric.StartAsync(leader);

        var state = await fabric.ConvergeAsync();
        Assert.Equal(["after", "before"], state.Flags.Flags.Keys);
        Assert.Empty(fabric.Failures);
    }

    [Fact]
    public async Task An_operation_repeated_at_another_leader_is_applied_once()
    {
        await using var fabric = new TestFabric();
        await fabric.StartAllAsync();
        var set = Sets.Put("flag", ifRevision: 0);
        var outcome = await fabric.DecideAsync(set);
        var leader = (await fabric.LeaderAsync()).Status.Leader!;

        await fabric.StopAsync(leader);

        Assert.Equal(outcome, await fabric.DecideAsync(set));
    }

    [Fact]
    public async Task Without_a_majority_nothing_is_confirmed_and_what_was_appended_is_unknown()
    {
        await using var fabric = new TestFabric(tune: static options => options with { MaxProposalsInFlight = 1 });
        await fabric.StartAllAsync();
        var leader = await fabric.LeaderAsync();
        await Until.True(() => leader.State.Identity is not null, "the fabric is formed");
        foreach (var other in fabric.Names.Where(name => name != leader.Status.Leader).ToArray())
            await fabric.StopAsync(other);

        var proposal = await leader.ProposeAsync(Sets.Put("flag"), Token);

        Assert.True(proposal is Proposal.Unknown or Proposal.NotLeader, $"{proposal}");
        Assert.Null(await leader.ReadIndexAsync(Token));
        Assert.Empty(leader.State.Flags.Flags);
        await Until.True(() => leader.Status.Role != MemberRole.Leader, "a leader without a majority steps down");
    }

    [Fact]
    public async Task A_read_index_covers_every_write_that_was_confirmed_before()
    {
        await using var fabric = new TestFabric();
        await fabric.StartAllAsync();
        for (var i = 0; i < 20; i++)
        {
            var revision = ((ChangeOutcome.Applied)await fabric.DecideAsync(Sets.Put("flag"))).Revision;
            var index = await (await fabric.LeaderAsync()).ReadIndexAsync(Token);
            Assert.InRange(index!.Value, revision, long.MaxValue);

            var other = fabric.Nodes.Values.First(static node => node.Status.Role != MemberRole.Leader);
            await other.WaitForAppliedAsync(index.Value, Token);
            Assert.InRange(other.State.AppliedIndex, index.Value, long.MaxValue);
        }
    }

    [Fact]
    public async Task A_wiped_member_catches_up_by_snapshot()
    {
        await using var fabric = new TestFabric(tune: static options => options with { EntriesPerSnapshot = 50, EntriesKeptBehindSnapshot = 10 });
        await fabric.StartAllAsync();
        for (var i = 0; i < 200; i++)
            await fabric.DecideAsync(Sets.Put($"flag-{i % 20}"));
        var follower = fabric.Names.First(name => fabric.Nodes[name].Status.Role == MemberRole.Follower);
        await fabric.StopAsync(follower);
        fabric.Wipe(follower);
        await fabric.DecideAsync(Sets.Put("while it was away"));

        await fabric.StartAsync(follower);
        var state = await fabric.ConvergeAsync();

        Assert.Equal(21, state.Flags.Flags.Count);
        Assert.Contains(fabric.Sinks[follower].Heard.Skip(1), static heard => heard.Changed is null);
        await fabric.StopAllAsync();
        await fabric.StartAllAsync();
        Assert.Equal(state.Digest, (await fabric.ConvergeAsync()).Digest);
        Assert.Empty(fabric.Failures);
    }
}
