using System.Text.Json;
using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Faults;

/// <summary>What an operator does with a host whose data folder is gone, or must go.</summary>
internal static class EmptyFolder
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Deletes a stopped node's data folder, and brings the host back: a voter is given its vote again.</summary>
    /// <returns>Whether it has its place back.</returns>
    internal static async Task<bool> BringBackAsync(Arena arena, Host host)
    {
        Directory.Delete(host.Data, recursive: true);
        host.Start();
        using var client = host.Door.NewClient(Longest);
        using var deadline = new CancellationTokenSource(Longest);
        for (var waited = false; !deadline.IsCancellationRequested; await Task.Delay(Poll))
        {
            if (await host.StatusAsync() is not { } status)
                continue;
            // A voter says first that it has no vote; before it has said so, it may not know yet.
            var votes = !status.TryGetProperty("notVoting", out var why) || why.ValueKind == JsonValueKind.Null;
            waited |= !votes;
            if (votes && status.GetProperty("ready").GetBoolean() && (waited || !host.Plan.Voter))
                return true;
            if (!votes)
                await ReplaceAsync(arena, client, host);
        }

        return false;
    }

    /// <summary>Asks whoever takes it; whether it came about is seen at the host itself.</summary>
    private static async Task ReplaceAsync(Arena arena, HttpClient client, Host host)
    {
        foreach (var other in arena.Lab.Voters.Where(other => other != host))
        {
            try
            {
                using var answer = await client.PostAsync(new Uri(other.Plan.Url, $"/api/v1/cluster/hosts/{host.Name}/replace"), null);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException)
            {
                // The next is asked, and this one again.
            }
        }
    }
}
