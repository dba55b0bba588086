using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fabric.Chaos.Tests.Harness;

namespace Fabric.Chaos.Tests;

/// <summary>Disks that become full: what is refused, what goes on, who is told, and what happens when there is room again.</summary>
public sealed class DiskFullTests : IDisposable
{
    private const int DiskMebibytes = 96;
    private const long Low = 20L << 20;
    private const long Floor = 2L << 20;

    private readonly List<SmallDisk> _disks = [];
    private Fleet? _fleet;

    public void Dispose() => _fleet?.Dispose();

    [Fact]
    public async Task A_full_follower_gives_alarm_and_stops_nobody_and_catches_up_when_it_has_room()
    {
        var fleet = await StartAsync();
        var leader = await fleet.LeaderAsync();
        var follower = fleet.Nodes.First(node => node != leader);
        DiskOf(follower).Leave(Floor);
        await AlarmAsync(follower, "disk-low");
        Assert.Contains($"{follower.Name} disk-low", await AlarmsOfFabricAsync(leader));

        for (var i = 0; i < 200; i++)
            await Flags.PutAsync(fleet.Nodes[i % 3], $"flag-{i}", true);
        Assert.True(follower.Running, follower.Log);
        Assert.NotEqual("leader", (await follower.StatusAsync(TestContext.Current.CancellationToken)).GetProperty("role").GetString());

        DiskOf(follower).Free();
        await fleet.ConvergeAsync();
        Assert.Equal(200, (await Flags.AllAsync(follower)).Count);
        await NoAlarmAsync(follower);
        Assert.Contains("ALARM disk-low", follower.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_leader_hands_over_and_no_write_fails()
    {
        var fleet = await StartAsync();
        var leader = await fleet.LeaderAsync();
        await using var clients = new SteadyClients(fleet, 4, "handed");
        DiskOf(leader).Leave(Floor);
        await Eventually.Async("another leads", async () => await fleet.LeaderAsync() != leader);
        var before = clients.Acknowledged.Count;
        await Eventually.Async("writes go on", () => Task.FromResult(clients.Acknowledged.Count > before + 50));
        var acknowledged = await clients.StopAsync();
        Assert.Empty(clients.Failures);
        Assert.True(leader.Running, leader.Log);

        DiskOf(leader).Free();
        await fleet.ConvergeAsync();
        var all = await Flags.AllAsync(leader);
        Assert.DoesNotContain(acknowledged, write => all.GetValueOrDefault(write.Key) != write.Revision);
    }

    [Fact]
    public async Task With_all_disks_low_writes_are_refused_with_507_and_reads_deletions_and_switching_off_go_on()
    {
        var fleet = await StartAsync();
        await Flags.PutAsync(fleet.Nodes[0], "old", true);
        await Flags.PutAsync(fleet.Nodes[0], "risky", true);
        foreach (var disk in _disks)
            disk.Leave(Low);
        foreach (var node in fleet.Nodes)
            await AlarmAsync(node, "disk-low");

        foreach (var node in fleet.Nodes)
        {
            await Eventually.Async($"{node.Name} refuses", async () => await PutAsync(node, "new", true) is (HttpStatusCode.InsufficientStorage, "urn:fabric:problem:disk-full"));
            Assert.Equal(2, (await Flags.AllAsync(node)).Count);
        }

        Assert.True((await Client.Http.DeleteAsync(new Uri(fleet.Nodes[1].Http, "/api/v1/flags/old"), TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        await Flags.PutAsync(fleet.Nodes[2], "risky", """{"state":"DISABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}""");
        await fleet.ConvergeAsync();

        foreach (var disk in _disks)
            disk.Free();
        await Eventually.Async("writes are taken again", async () => (await PutAsync(fleet.Nodes[0], "new", true)).Status == HttpStatusCode.Created);
        foreach (var node in fleet.Nodes)
            await NoAlarmAsync(node);
        await fleet.ConvergeAsync();
        Assert.Equal(["new", "risky"], (await Flags.AllAsync(fleet.Nodes[1])).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Disks_filled_to_the_last_byte_by_another_program_cost_no_acknowledged_write()
    {
        var fleet = await StartAsync();
        var revision = await Flags.PutAsync(fleet.Nodes[0], "kept", true);
        await fleet.ConvergeAsync();
        foreach (var disk in _disks)
            disk.Leave(0);
        foreach (var node in fleet.Nodes)
            await Eventually.Async($"{node.Name} refuses", async () => (await PutAsync(node, "new", true)).Status == HttpStatusCode.InsufficientStorage);
        foreach (var node in fleet.Nodes)
            Assert.Equal(revision, (await Flags.AllAsync(node))["kept"]);
        NodeProcess.KillAtOnce([.. fleet.Nodes]);

        foreach (var disk in _disks)
            disk.Free();
        await fleet.StartAllAsync();
        await Eventually.Async("writes are taken again", async () => (await PutAsync(fleet.Nodes[0], "new", true)).Status == HttpStatusCode.Created);
        await fleet.ConvergeAsync();
        foreach (var node in fleet.Nodes)
            Assert.Equal(revision, (await Flags.AllAsync(node))["kept"]);
    }

    private async Task<Fleet> StartAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "small disks are mounted, which takes root");
        _fleet = Fleet.Prepare("--min-free", "32MiB", "--capacity", "1024");
        foreach (var node in _fleet.Nodes)
            _disks.Add(_fleet.With(new SmallDisk(_fleet.DataOf(node), DiskMebibytes)));
        await _fleet.StartAllAsync();
        await _fleet.LeaderAsync();
        return _fleet;
    }

    private SmallDisk DiskOf(NodeProcess node) => _disks[_fleet!.Nodes.ToList().IndexOf(node)];

    private static Task AlarmAsync(NodeProcess node, string kind) =>
        Eventually.Async($"{node.Name} gives alarm", async () => (await AlarmsAsync(node)).Contains(kind));

    private static Task NoAlarmAsync(NodeProcess node) => Eventually.Async($"the alarms of {node.Name} end", async () => (await AlarmsAsync(node)).Length == 0);

    private static async Task<string[]> AlarmsAsync(NodeProcess node) =>
        [.. (await node.StatusAsync()).GetProperty("alarms").EnumerateArray().Select(static alarm => alarm.GetProperty("kind").GetString()!)];

    private static async Task<string[]> AlarmsOfFabricAsync(NodeProcess node) =>
        [.. (await Client.Http.GetFromJsonAsync<JsonElement>(new Uri(node.Http, "/api/v1/cluster"), TestContext.Current.CancellationToken)).GetProperty("alarms").EnumerateArray()
            .Select(static alarm => $"{alarm.GetProperty("host").GetString()} {alarm.GetProperty("kind").GetString()}")];

    private static async Task<(HttpStatusCode Status, string? Type)> PutAsync(NodeProcess node, string key, bool on)
    {
        using var answer = await Client.Http.PutAsJsonAsync(new Uri(node.Http, $"/api/v1/flags/{key}"), Flags.Boolean(on), TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return (answer.StatusCode, answer.IsSuccessStatusCode ? null : body.GetProperty("type").GetString());
    }
}
