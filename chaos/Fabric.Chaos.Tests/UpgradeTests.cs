using System.Diagnostics;
using Fabric.Chaos.Tests.Harness;
using Fabric.Tests.Shared;

namespace Fabric.Chaos.Tests;

/// <summary>Nodes of the build before and of this one side by side, as every upgrade has them.</summary>
public sealed class UpgradeTests
{
    /// <summary>
    /// The build that upgrades begin from. It moves on when a release does; formats that it wrote before stay in
    /// tests/Fabric.Raft.Tests/Golden.
    /// </summary>
    private const string Previous = "3575f70";

    private static readonly TimeSpan BuildTime = TimeSpan.FromMinutes(25);

    private readonly ITestOutputHelper _output = TestContext.Current.TestOutputHelper!;

    [Fact]
    public async Task A_rolling_upgrade_fails_no_write_and_loses_none_and_a_folder_of_this_build_is_refused_by_the_one_before()
    {
        var previous = await PreviousAsync();
        using var fleet = Fleet.Prepare();
        foreach (var node in fleet.Nodes)
            node.Executable = previous;
        await fleet.StartAllAsync();
        await using var clients = new SteadyClients(fleet, 4, "upgraded");
        await Eventually.Async("the clients write", () => Task.FromResult(clients.Acknowledged.Count >= 50));
        await ReplaceAllAsync(fleet, clients, Dist.Fabric);
        await RefusedByAsync(previous, await FollowerAsync(fleet));

        var acknowledged = await clients.StopAsync();
        Assert.Empty(clients.Failures);
        await fleet.ConvergeAsync();
        foreach (var node in fleet.Nodes)
        {
            var all = await Flags.AllAsync(node);
            Assert.DoesNotContain(acknowledged, write => all.GetValueOrDefault(write.Key) != write.Revision);
        }

        foreach (var node in fleet.Nodes)
            Assert.DoesNotContain((await node.StatusAsync(TestContext.Current.CancellationToken)).GetProperty("alarms").EnumerateArray(), static alarm => alarm.GetProperty("kind").GetString() != "disk-slow");
        _output.WriteLine($"up from {Previous}: {acknowledged.Count} writes, none failed and none missing; slowest {clients.Slowest.TotalMilliseconds:F0} ms, "
            + $"{clients.Moved} found nobody listening and {clients.Repeated} were sent again with their key");
    }

    private static async Task<NodeProcess> FollowerAsync(Fleet fleet)
    {
        var leader = await fleet.LeaderAsync();
        return fleet.Nodes.First(node => node != leader);
    }

    /// <summary>The build before does not know this one's log: it says so, changes nothing in it, and this build goes on.</summary>
    private static async Task RefusedByAsync(string previous, NodeProcess node)
    {
        Assert.Equal(0, node.Terminate());
        node.Executable = previous;
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => node.StartAsync());
        Assert.Contains("Checkpoint file version is not supported", refused.Message, StringComparison.Ordinal);
        node.Executable = Dist.Fabric;
        await node.StartAsync();
    }

    /// <summary>The leader comes last: whoever leads writes the version of entries that it knows.</summary>
    private static async Task ReplaceAllAsync(Fleet fleet, SteadyClients clients, string executable)
    {
        while (fleet.Nodes.Where(node => node.Executable != executable).ToArray() is { Length: > 0 } left)
        {
            var leader = await fleet.LeaderAsync();
            var node = left.FirstOrDefault(node => node != leader) ?? left[0];
            Assert.Equal(0, node.Terminate());
            node.Executable = executable;
            await node.StartAsync();
            var before = clients.Acknowledged.Count;
            await Eventually.Async("writes go on", () => Task.FromResult(clients.Acknowledged.Count > before + 20));
        }
    }

    private static async Task<string> PreviousAsync()
    {
        var script = Path.Combine(RepositoryRoot.Path, "scripts", "previous-build.sh");
        using var build = Process.Start(new ProcessStartInfo(script, [Previous]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = build.StandardError.ReadToEndAsync();
        var path = await build.StandardOutput.ReadToEndAsync().WaitAsync(BuildTime);
        await build.WaitForExitAsync().WaitAsync(BuildTime);
        Assert.SkipWhen(build.ExitCode == 3, $"there is no build to upgrade from: {await errors}");
        Assert.True(build.ExitCode == 0, await errors);
        return path.Trim();
    }
}
