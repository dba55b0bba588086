using System.Diagnostics;
using Fabric.Chaos.Tests.Harness;

namespace Fabric.Chaos.Tests;

/// <summary>Hosts come, leave, get votes and lose them while programs write through all of them.</summary>
public sealed class MembershipTests
{
    /// <summary>Four writers with this pause make about two hundred writes a second.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    /// <summary>A write may take seconds on a machine that does much else.</summary>
    private static readonly string[] Patient = ["--capacity", "65536", "--write-timeout", "12s"];

    private const int BusySeconds = 180;

    private readonly ITestOutputHelper _output = TestContext.Current.TestOutputHelper!;

    [Fact]
    public async Task Hosts_join_and_leave_and_votes_change_hands_in_a_stream_of_writes_and_nothing_acknowledged_is_missing()
    {
        using var fleet = await Fleet.StartAsync(Patient);
        var since = Stopwatch.GetTimestamp();
        await using var writers = new Writers(fleet, 4, "moves", Pause);
        await GoesOnAsync(writers);

        var passing = await JoinAsync(fleet, "passing");
        var heir = await JoinAsync(fleet, "heir", candidate: true);
        var spare = await JoinAsync(fleet, "spare", candidate: true);
        await GoesOnAsync(writers);
        await LeaveAsync(fleet, passing);
        await GoesOnAsync(writers);

        var loses = await FollowerAsync(fleet);
        await PromoteAsync(fleet, heir, loses);
        await GoesOnAsync(writers);
        Directory.Delete(fleet.DataOf(loses), recursive: true);
        await JoinAsync(fleet, loses.Name);
        await GoesOnAsync(writers);

        var dies = await FollowerAsync(fleet, but: heir);
        fleet.Leave(dies);
        dies.Kill();
        await GoesOnAsync(writers);
        await Cluster.PromoteAsync(heir, spare, dies);
        await GoesOnAsync(writers);

        var acknowledged = await writers.StopAsync();
        var took = Stopwatch.GetElapsedTime(since);
        Assert.Equal(fleet.Nodes.Select(static node => node.Name).Where(name => name != loses.Name).Order(), await Cluster.VotersAsync(heir));
        await Cluster.HoldsAsync(fleet, acknowledged);
        _output.WriteLine($"4 joins, 1 leave, 2 promotions: {acknowledged.Count} acknowledged writes in {took.TotalSeconds:F0} s "
            + $"({acknowledged.Count / took.TotalSeconds:F0}/s), none missing on any of {fleet.Nodes.Count} hosts, digests equal");
    }

    [Fact]
    public async Task A_killed_voter_is_replaced_by_itself_in_a_stream_of_writes_and_nothing_acknowledged_is_missing()
    {
        using var fleet = await Fleet.StartAsync([.. Patient, "--replace-after", "3s"]);
        var heir = await JoinAsync(fleet, "heir", candidate: true);
        await using var writers = new Writers(fleet, 4, "silent", Pause);
        await GoesOnAsync(writers);

        // The leader, so that who replaces it has to be elected first.
        var dies = await fleet.LeaderAsync();
        fleet.Leave(dies);
        var killed = Stopwatch.GetTimestamp();
        dies.Kill();
        await Cluster.VotesAsync(heir);
        var took = Stopwatch.GetElapsedTime(killed);
        await GoesOnAsync(writers);
        var acknowledged = await writers.StopAsync();
        Assert.Equal(fleet.Nodes.Select(static node => node.Name).Order(), await Cluster.VotersAsync(heir));
        await Cluster.HoldsAsync(fleet, acknowledged);

        // With another of the old voters gone, a majority is the new one and one more.
        var left = fleet.Nodes.First(node => node != heir);
        fleet.Leave(left);
        left.Kill();
        await Eventually.Async("the new voter makes a majority", async () =>
        {
            await fleet.LeaderAsync();
            return (await heir.StatusAsync()).GetProperty("ready").GetBoolean();
        }, BusySeconds);
        await Flags.PutAsync(heir, "after", on: true);
        await Cluster.HoldsAsync(fleet, acknowledged);
        _output.WriteLine($"a leader killed, its vote given away after {took.TotalSeconds:F1} s with --replace-after 3s; {acknowledged.Count} acknowledged writes, none missing");
    }

    [Fact]
    public async Task A_write_that_waits_for_the_fleet_names_a_stopped_host_as_behind_until_it_goes_on()
    {
        const int Rounds = 3;
        using var fleet = await Fleet.StartAsync(Patient);
        var observer = await JoinAsync(fleet, "observer");
        await AllHaveAsync(fleet, fleet.Nodes[0], "start");
        var asked = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var leader = await fleet.LeaderAsync();
            foreach (var stopped in new[] { observer, await FollowerAsync(fleet) })
            {
                await stopped.PauseAsync();
                // Through the leader and through another: who answers asks the others.
                foreach (var node in fleet.Nodes.Where(node => node != stopped && node != observer))
                {
                    var answer = await Flags.PutAndWaitAsync(node, $"missed-{round}-{stopped.Name}-{node.Name}", "2s");
                    asked++;
                    Assert.DoesNotContain(stopped.Name, answer.Applied);
                    Assert.True(answer.Behind.TryGetValue(stopped.Name, out var has), $"{stopped.Name} is stopped, and {answer} does not say so");
                    Assert.True(has < answer.Revision, $"{stopped.Name} is stopped, and {answer} says that it has {has}");
                }

                stopped.Resume();
                await AllHaveAsync(fleet, leader, $"seen-{round}-{stopped.Name}");
            }
        }

        await fleet.ConvergeAsync();
        _output.WriteLine($"{asked} writes past a stopped host, each named it as behind");
    }

    /// <summary>Each host is named as one that has the write, and has it when it is asked itself.</summary>
    private static Task AllHaveAsync(Fleet fleet, NodeProcess through, string key) => Eventually.Async("all hosts have a write", async () =>
    {
        var answer = await Flags.PutAndWaitAsync(through, key, "10s");
        foreach (var name in answer.Applied)
            Assert.True((await fleet.Named(name).StatusAsync()).GetProperty("tableRevision").GetInt64() >= answer.Revision, $"{name} has not what {answer} says");
        return answer.Behind.Count == 0 && answer.Applied.Count == fleet.Nodes.Count;
    }, BusySeconds);

    private static async Task<NodeProcess> JoinAsync(Fleet fleet, string name, bool candidate = false)
    {
        var node = fleet.Observer(name, candidate);
        await node.StartAsync();
        await Cluster.AskAsync(fleet.Nodes[0], "join", name);
        fleet.Enter(node);
        return node;
    }

    /// <summary>Stopped and removed, it is in no list.</summary>
    private static async Task LeaveAsync(Fleet fleet, NodeProcess node)
    {
        fleet.Leave(node);
        Assert.Equal(0, node.Terminate());
        await Cluster.AskAsync(fleet.Nodes[0], "remove", node.Name);
        Assert.DoesNotContain(node.Name, await Cluster.NamesAsync(fleet.Nodes[0]));
    }

    /// <summary>A voter's vote goes to another host while it runs; its folder is of no use afterwards.</summary>
    private static async Task PromoteAsync(Fleet fleet, NodeProcess heir, NodeProcess loses)
    {
        await Cluster.PromoteAsync(heir, heir, loses);
        await Eventually.Async($"{loses.Name} knows that it votes no more", async () =>
            (await loses.StatusAsync()).GetProperty("notVoting").ValueKind == System.Text.Json.JsonValueKind.String);
        fleet.Leave(loses);
        Assert.Equal(0, loses.Terminate());
    }

    private static async Task<NodeProcess> FollowerAsync(Fleet fleet, NodeProcess? but = null)
    {
        var leader = await fleet.LeaderAsync();
        var voters = await Cluster.VotersAsync(leader);
        return fleet.Nodes.First(node => node != leader && node != but && voters.Contains(node.Name));
    }

    private static async Task GoesOnAsync(Writers writers)
    {
        var before = writers.Acknowledged.Count;
        await Eventually.Async("writes go on", () => Task.FromResult(writers.Acknowledged.Count >= before + 200), BusySeconds);
    }
}
