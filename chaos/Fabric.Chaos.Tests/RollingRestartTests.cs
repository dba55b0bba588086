using Fabric.Chaos.Tests.Harness;

namespace Fabric.Chaos.Tests;

/// <summary>All nodes are restarted one after the other, as an upgrade does it, while clients write.</summary>
public sealed class RollingRestartTests
{
    private const int Rounds = 3;

    private readonly ITestOutputHelper _output = TestContext.Current.TestOutputHelper!;

    [Fact]
    public async Task A_rolling_restart_fails_no_write_of_clients_that_know_all_nodes()
    {
        using var fleet = await Fleet.StartAsync();
        await using var clients = new SteadyClients(fleet, 8, "rolling");
        await Eventually.Async("the clients write", () => Task.FromResult(clients.Acknowledged.Count >= 50));
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var node in fleet.Nodes)
            {
                var leads = await fleet.LeaderAsync() == node;
                Assert.Equal(0, node.Terminate());
                Assert.Equal(leads, node.LastLife.Contains("has handed its leadership over", StringComparison.Ordinal));
                await node.StartAsync();
                var before = clients.Acknowledged.Count;
                await Eventually.Async("writes go on", () => Task.FromResult(clients.Acknowledged.Count > before + 20));
            }
        }

        var acknowledged = await clients.StopAsync();
        Assert.Empty(clients.Failures);
        await fleet.ConvergeAsync();
        foreach (var node in fleet.Nodes)
        {
            var all = await Flags.AllAsync(node);
            Assert.DoesNotContain(acknowledged, write => all.GetValueOrDefault(write.Key) != write.Revision);
            Assert.Equal(acknowledged.Count, all.Count);
        }

        _output.WriteLine($"{Rounds * 3} restarts, {acknowledged.Count} writes, none failed and none missing; "
            + $"slowest {clients.Slowest.TotalMilliseconds:F0} ms, {clients.Moved} found nobody listening and {clients.Repeated} were sent again with their key");
    }

    [Fact]
    public async Task A_second_signal_cuts_the_end_short_and_loses_nothing()
    {
        using var fleet = await Fleet.StartAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var leader = await fleet.LeaderAsync();
            var revision = await Flags.PutAsync(leader, $"kept-{round}", true);
            Assert.Equal(0, leader.Terminate(times: 3));
            await leader.StartAsync();
            await fleet.ConvergeAsync();
            foreach (var node in fleet.Nodes)
                Assert.Equal(revision, (await Flags.AllAsync(node))[$"kept-{round}"]);
        }
    }

    [Fact]
    public async Task A_node_killed_while_it_ends_loses_nothing()
    {
        using var fleet = await Fleet.StartAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var leader = await fleet.LeaderAsync();
            await using var clients = new SteadyClients(fleet, 4, $"killed-{round}");
            await Eventually.Async("the clients write", () => Task.FromResult(clients.Acknowledged.Count >= 20));
            leader.Ask(15);
            await Task.Delay(Random.Shared.Next(0, 400), TestContext.Current.CancellationToken);
            leader.Kill();
            var acknowledged = await clients.StopAsync();
            await leader.StartAsync();
            await fleet.ConvergeAsync();
            foreach (var node in fleet.Nodes)
            {
                var all = await Flags.AllAsync(node);
                Assert.DoesNotContain(acknowledged, write => all.GetValueOrDefault(write.Key) != write.Revision);
            }
        }
    }
}
