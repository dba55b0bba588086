using System.Text.Json;
using Fabric.Chaos.Tests.Harness;

namespace Fabric.Chaos.Tests;

/// <summary>A fabric that lost its majority for good, and what docs/recovery.md makes of it.</summary>
public sealed class RecoveryTests
{
    private readonly ITestOutputHelper _output = TestContext.Current.TestOutputHelper!;

    [Fact]
    public async Task What_a_leader_acknowledged_is_recovered_from_it_after_the_two_others_are_gone_in_a_stream_of_writes()
    {
        using var fleet = await Fleet.StartAsync();
        await using var writers = new Writers(fleet, 8, "w", TimeSpan.Zero);
        await Eventually.Async("the stream of writes runs", () => Task.FromResult(writers.Acknowledged.Count >= 500));
        var survivor = await fleet.LeaderAsync();
        LoseAllBut(fleet, survivor);
        var acknowledged = await writers.StopAsync();
        Assert.Equal(0, survivor.Terminate());

        await RecoverAsync(fleet, survivor, acknowledged);
    }

    [Fact]
    public async Task What_a_follower_had_is_recovered_from_it_after_all_were_killed_and_the_two_others_are_gone()
    {
        using var fleet = await Fleet.StartAsync();
        await using var writers = new Writers(fleet, 8, "w", TimeSpan.Zero);
        await Eventually.Async("the stream of writes runs", () => Task.FromResult(writers.Acknowledged.Count >= 500));
        var acknowledged = await writers.StopAsync();
        var leader = await fleet.LeaderAsync();
        await fleet.ConvergeAsync();
        var survivor = fleet.Nodes.First(node => node != leader);
        NodeProcess.KillAtOnce([.. fleet.Nodes]);
        LoseAllBut(fleet, survivor);

        await RecoverAsync(fleet, survivor, acknowledged);
    }

    private static void LoseAllBut(Fleet fleet, NodeProcess survivor)
    {
        var lost = fleet.Nodes.Where(node => node != survivor).ToArray();
        NodeProcess.KillAtOnce(lost);
        foreach (var node in lost)
            Directory.Delete(fleet.DataOf(node), recursive: true);
    }

    private async Task RecoverAsync(Fleet fleet, NodeProcess survivor, IReadOnlyCollection<Acknowledged> acknowledged)
    {
        _output.WriteLine(await CommandLine.RunAsync("backup", "check", fleet.DataOf(survivor)));
        var data = $"{fleet.DataOf(survivor)}-recovered";
        _output.WriteLine(await CommandLine.RunAsync("restore", "--from-data", fleet.DataOf(survivor), "--data", data, "--name", survivor.Name));

        using var node = fleet.Alone(survivor, data);
        await node.StartAsync();
        var all = await Flags.AllAsync(node);
        var missing = acknowledged.Where(write => all.GetValueOrDefault(write.Key) != write.Revision).ToArray();
        Assert.True(missing.Length == 0, $"{missing.Length} of {acknowledged.Count} acknowledged writes are missing, such as {missing.FirstOrDefault()}");

        var last = acknowledged.Max(static write => write.Revision);
        Assert.True(await Flags.PutAsync(node, "after", on: true) > last);
        await Eventually.Async("the table, which had been the lost fabric's, shows the new one", async () =>
        {
            var status = await node.StatusAsync();
            return status.GetProperty("tableRevision").ValueKind == JsonValueKind.Number
                && status.GetProperty("tableRevision").GetInt64() == status.GetProperty("appliedRevision").GetInt64();
        });
        Assert.Equal(survivor.Table, node.Table);
        _output.WriteLine($"{acknowledged.Count} acknowledged writes, none missing");
    }
}
