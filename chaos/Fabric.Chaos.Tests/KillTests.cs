using System.Diagnostics;
using Fabric.Chaos.Tests.Harness;

namespace Fabric.Chaos.Tests;

/// <summary>kill -9 in the middle of a stream of writes.</summary>
public sealed class KillTests
{
    private static readonly int LeaderRounds = Rounds("FABRIC_TEST_LEADER_ROUNDS", 50);
    private static readonly int WholeRounds = Rounds("FABRIC_TEST_WHOLE_ROUNDS", 20);

    private readonly ITestOutputHelper _output = TestContext.Current.TestOutputHelper!;

    [Fact]
    public async Task A_leader_killed_in_a_stream_of_writes_takes_no_acknowledged_write_with_it()
    {
        using var fleet = await Fleet.StartAsync();
        var gaps = new List<double>();
        var total = 0;
        for (var round = 0; round < LeaderRounds; round++)
        {
            var leader = await fleet.LeaderAsync();
            await using var writers = new Writers(fleet, 4, $"r{round}", TimeSpan.FromMilliseconds(5));
            await Eventually.Async("the stream of writes runs", () => Task.FromResult(writers.Acknowledged.Count >= 20));

            var killed = Stopwatch.GetTimestamp();
            leader.Kill();
            await Eventually.Async("writes go on without the leader", () =>
                Task.FromResult(writers.Acknowledged.Count(write => write.Started > killed) >= 5));
            var acknowledged = await writers.StopAsync();
            gaps.Add(Stopwatch.GetElapsedTime(killed, acknowledged.Where(write => write.Started > killed).Min(static write => write.Answered)).TotalMilliseconds);

            await leader.StartAsync();
            total += await CheckAsync(fleet, acknowledged, $"round {round}");
        }

        gaps.Sort();
        _output.WriteLine($"{LeaderRounds} kills, {total} acknowledged writes, none missing; ms until a new write was acknowledged: "
            + $"median {gaps[gaps.Count / 2]:F0}, worst {gaps[^1]:F0}; over 2000 ms: {gaps.Count(static gap => gap > 2000)}");
    }

    [Fact]
    public async Task All_nodes_killed_at_once_come_back_with_every_acknowledged_write()
    {
        using var fleet = await Fleet.StartAsync();
        var total = 0;
        for (var round = 0; round < WholeRounds; round++)
        {
            await using var writers = new Writers(fleet, 16, $"w{round}", TimeSpan.Zero);
            await Eventually.Async("the stream of writes runs", () => Task.FromResult(writers.Acknowledged.Count >= 500));
            var leader = await fleet.LeaderAsync();
            NodeProcess.KillAtOnce([.. fleet.Nodes.OrderBy(node => node == leader)]);
            var acknowledged = await writers.StopAsync();

            // The followers first: the leader alone may have what it acknowledged, and must not be needed.
            foreach (var node in fleet.Nodes.Where(node => node != leader))
                await node.StartAsync(wait: false);
            foreach (var node in fleet.Nodes.Where(node => node != leader))
                await node.WaitForReadyAsync();
            await leader.StartAsync();
            total += await CheckAsync(fleet, acknowledged, $"round {round}");
        }

        _output.WriteLine($"{WholeRounds} kills of all three, {total} acknowledged writes, none missing");
    }

    /// <summary>Every node holds every acknowledged write at the revision that was answered, and all tables are alike.</summary>
    private static async Task<int> CheckAsync(Fleet fleet, IReadOnlyCollection<Acknowledged> acknowledged, string round)
    {
        await fleet.ConvergeAsync();
        Dictionary<string, long> all = [];
        foreach (var node in fleet.Nodes)
        {
            all = await Flags.AllAsync(node);
            var missing = acknowledged.Where(write => all.GetValueOrDefault(write.Key) != write.Revision).ToArray();
            Assert.True(missing.Length == 0, $"{round}: {node.Name} lacks {missing.Length} of {acknowledged.Count} acknowledged writes, such as {missing.FirstOrDefault()}");
        }

        await Flags.DeleteAsync(fleet.Nodes[0], all.Keys);
        return acknowledged.Count;
    }

    private static int Rounds(string name, int usual) => int.TryParse(Environment.GetEnvironmentVariable(name), out var rounds) ? rounds : usual;
}
