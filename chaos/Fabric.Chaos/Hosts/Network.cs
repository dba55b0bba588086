namespace Fabric.Chaos.Hosts;

/// <summary>The cables: a bridge in a network of its own, each host in another, and what is done to the frames in between.</summary>
internal sealed class Network(string run, string folder, IReadOnlyList<HostPlan> hosts)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<object, string[]> _rules = [];

    internal static string FileOf(string space) => $"/run/netns/{space}";

    internal string SpaceOf(HostPlan host) => $"{run}-{host.Name}";

    private string Middle => $"{run}-net";

    internal async Task MakeAsync()
    {
        await Shell.RunAsync("ip", "netns", "add", Middle);
        await InAsync(Middle, "link", "add", "bridge", "type", "bridge");
        await InAsync(Middle, "link", "set", "bridge", "up");
        foreach (var host in hosts)
            await PlugInAsync(host);
    }

    /// <summary>Drops frames between hosts until they are let through again.</summary>
    /// <param name="fault">Whose rules these are.</param>
    /// <param name="pairs">From whom to whom.</param>
    internal Task CutAsync(object fault, IEnumerable<(HostPlan From, HostPlan To)> pairs) =>
        ApplyAsync(fault, [.. pairs.Select(static pair => $"iifname \"{pair.From.Name}\" oifname \"{pair.To.Name}\" drop")]);

    /// <summary>Drops a share of the frames that a host sends and receives.</summary>
    internal Task LoseAsync(object fault, HostPlan host, int percent) => ApplyAsync(fault,
    [
        $"iifname \"{host.Name}\" numgen random mod 100 < {percent} drop",
        $"oifname \"{host.Name}\" numgen random mod 100 < {percent} drop",
    ]);

    internal Task HealAsync(object fault) => ApplyAsync(fault, []);

    /// <summary>Ends every connection of a host at once, at both ends.</summary>
    internal Task ResetAsync(HostPlan host) =>
        Shell.TryAsync("ip", "netns", "exec", SpaceOf(host), "ss", "-K", "-t", "dst", "10.77.0.0/24");

    /// <summary>Sends what a host says through a program that holds it back; it goes by directly where there is none.</summary>
    internal Task QueueAsync(HostPlan host, bool on) => Shell.RunAsync(
        "ip", "netns", "exec", SpaceOf(host), "iptables", "-w", on ? "-A" : "-D", "OUTPUT", "-o", "eth0", "-j", "NFQUEUE", "--queue-num", "0", "--queue-bypass");

    internal static async Task RemoveAsync(string run)
    {
        var (_, spaces, _) = await Shell.TryAsync("ip", "netns", "list");
        foreach (var space in spaces.Split('\n').Select(static line => line.Split(' ')[0]).Where(space => space.StartsWith(run + "-", StringComparison.Ordinal)))
            await Shell.TryAsync("ip", "netns", "delete", space);
    }

    private async Task PlugInAsync(HostPlan host)
    {
        var space = SpaceOf(host);
        await Shell.RunAsync("ip", "netns", "add", space);
        await InAsync(Middle, "link", "add", "name", host.Name, "type", "veth", "peer", "name", "eth0", "netns", space);
        await InAsync(Middle, "link", "set", "dev", host.Name, "master", "bridge", "up");
        await InAsync(space, "address", "add", $"{host.Address}/24", "dev", "eth0");
        await InAsync(space, "link", "set", "eth0", "up");
        await InAsync(space, "link", "set", "lo", "up");
    }

    private static Task<string> InAsync(string space, params string[] command) => Shell.RunAsync(["ip", "-n", space, .. command]);

    private Task ApplyAsync(object fault, string[] own)
    {
        string[] all;
        lock (_lock)
        {
            _rules[fault] = own;
            all = [.. _rules.Values.SelectMany(static rules => rules)];
        }

        return RunRulesAsync(
            $$"""
            table bridge cut
            delete table bridge cut
            table bridge cut {
              chain forward {
                type filter hook forward priority 0; policy accept;
                {{string.Join("\n    ", all)}}
              }
            }
            """);
    }

    private async Task RunRulesAsync(string rules)
    {
        var file = Path.Combine(folder, $"{Guid.NewGuid():N}.nft");
        await File.WriteAllTextAsync(file, rules + "\n");
        await Shell.RunAsync("ip", "netns", "exec", Middle, "nft", "-f", file);
        File.Delete(file);
    }
}
