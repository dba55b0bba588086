using System.Net.Http.Json;
using System.Text.Json;

namespace Fabric.Chaos.Tests.Harness;

/// <summary>What a fleet's hosts say of each other.</summary>
internal static class Cluster
{
    private const int BusySeconds = 180;

    /// <summary>A cluster command as an operator types it, to a node that runs.</summary>
    internal static Task<string> AskAsync(NodeProcess node, params string[] command) =>
        CommandLine.RunAsync(["cluster", .. command, "--url", node.Http.ToString()]);

    /// <summary>Names of those that vote, as a node says.</summary>
    internal static async Task<string[]> VotersAsync(NodeProcess node) => [.. (await HostsAsync(node))
        .Where(static host => host.GetProperty("voter").GetBoolean()).Select(static host => host.GetProperty("name").GetString()!).Order()];

    /// <summary>Names of all hosts, as a node says.</summary>
    internal static async Task<string[]> NamesAsync(NodeProcess node) =>
        [.. (await HostsAsync(node)).Select(static host => host.GetProperty("name").GetString()!).Order()];

    /// <summary>Waits until a host votes.</summary>
    internal static Task VotesAsync(NodeProcess node) => Eventually.Async($"{node.Name} votes", () => IsVoterAsync(node), BusySeconds);

    /// <summary>Gives a host a voter's vote, as an operator does who is told that the outcome is unknown, or that the voter leads: looks, and asks again.</summary>
    internal static Task PromoteAsync(NodeProcess through, NodeProcess heir, NodeProcess loses) =>
        Eventually.Async($"{heir.Name} has the vote of {loses.Name}", async () =>
        {
            if (await IsVoterAsync(heir))
                return true;
            if (loses.Running && (await loses.StatusAsync()).GetProperty("role").GetString() == "leader")
                await CommandLine.TryAsync("cluster", "transfer-leader", "--url", through.Http.ToString());
            var (code, _, errors) = await CommandLine.TryAsync("cluster", "promote", heir.Name, "--replaces", loses.Name, "--url", through.Http.ToString());
            if (code != 0)
                throw new HttpRequestException(errors);
            return false;
        }, BusySeconds);

    private static async Task<bool> IsVoterAsync(NodeProcess node) => (await node.StatusAsync()).GetProperty("role").GetString() is "leader" or "follower";

    /// <summary>Every host holds every acknowledged write at the revision that was answered, and all tables and states are alike.</summary>
    internal static async Task HoldsAsync(Fleet fleet, IReadOnlyCollection<Acknowledged> acknowledged)
    {
        await fleet.ConvergeAsync();
        foreach (var node in fleet.Nodes)
        {
            var all = await Flags.AllAsync(node);
            var missing = acknowledged.Where(write => all.GetValueOrDefault(write.Key) != write.Revision).ToArray();
            Assert.True(missing.Length == 0, $"{node.Name} lacks {missing.Length} of {acknowledged.Count} acknowledged writes, such as {missing.FirstOrDefault()}");
        }

        var cluster = await ReadAsync(fleet.Nodes[0]);
        Assert.Empty(cluster.GetProperty("diverged").EnumerateArray());
    }

    private static async Task<JsonElement[]> HostsAsync(NodeProcess node) => [.. (await ReadAsync(node)).GetProperty("hosts").EnumerateArray()];

    private static Task<JsonElement> ReadAsync(NodeProcess node) => Client.Http.GetFromJsonAsync<JsonElement>(new Uri(node.Http, "/api/v1/cluster"));
}
