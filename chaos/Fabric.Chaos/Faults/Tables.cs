using System.Text.Json.Nodes;
using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Faults;

/// <summary>Waits for a table that was taken away.</summary>
internal static class Tables
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>Where the node does not put it back by itself, it is started anew, and that is noted.</summary>
    internal static async Task ComeBackAsync(Host host, JsonObject detail)
    {
        using var deadline = new CancellationTokenSource(Longest);
        while (!File.Exists(host.Table) && !deadline.IsCancellationRequested)
            await Task.Delay(50);
        var back = File.Exists(host.Table);
        detail["back"] = back;
        if (!back)
            await host.RestartAsync();
    }
}
