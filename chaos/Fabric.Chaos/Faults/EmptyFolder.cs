using System.Text.Json;
using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Faults;

/// <summary>What an operator does with a host whose data folder is gone, or must go.</summary>
internal static class EmptyFolder
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Deletes a stopped node's data folder, and brings the host back: a voter is given its vote again.</summary>
    /// <returns>Whether it has its place back.</returns>
    internal static async Task<bool> BringBackAsync(Arena arena, Host host)
    {
        Directory.Delete(host.Data, recursive: true);
        host.Start();
        using var deadline = new CancellationTokenSource(Longest);
        for (var asked = false; !deadline.IsCancellationRequested; await Task.Delay(Poll))
        {
            if (await host.StatusAsync() is not { } status)
                continue;
            var votes = !status.TryGetProperty("notVoting", out var why) || why.ValueKind == JsonValueKind.Null;
            if (votes && status.GetProperty("ready").GetBoolean() && (asked || !host.Plan.Voter))
                return true;
            if (!votes)
                asked |= await ReplaceAsync(arena, host);
        }

        return false;
    }

    private static async Task<bool> ReplaceAsync(Arena arena, Host host)
    {
        foreach (var other in arena.Lab.Voters.Where(other => other != host))
        {
            try
            {
                using var answer = await other.Client.PostAsync(new Uri(other.Plan.Url, $"/api/v1/cluster/hosts/{host.Name}/replace"), null);
                if (answer.IsSuccessStatusCode)
                    return true;
            }
            catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException)
            {
                // The next is asked, and this one again.
            }
        }

        return false;
    }
}
