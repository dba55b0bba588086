using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Fabric.Bench.Running;

/// <summary>A write that waited for every host.</summary>
/// <param name="Sent">When the request was sent, in ticks of the stopwatch.</param>
/// <param name="Milliseconds">From the request to the answer that all hosts have it.</param>
/// <param name="Revision">What was written.</param>
/// <param name="Behind">The names of hosts that had not confirmed it when the time was up.</param>
internal sealed record FleetWrite(long Sent, double Milliseconds, long Revision, IReadOnlyList<string> Behind)
{
    /// <summary>Every host has confirmed it.</summary>
    internal bool Whole => Behind.Count == 0;
}

/// <summary>Writes that wait for the fleet.</summary>
internal static class FleetWrites
{
    /// <summary>How long a write may take to reach all hosts.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private static async Task<FleetWrite> PutAsync(FleetNode node, int i)
    {
        var sent = Stopwatch.GetTimestamp();
        try
        {
            return await AnsweredAsync(node, i, sent);
        }
        catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException)
        {
            return Undecided(sent, "not answered");
        }
    }

    /// <summary>On a machine under load leaders change, which leaves a write undecided; the others have their say all the same.</summary>
    private static FleetWrite Undecided(long sent, string why) => new(sent, Stopwatch.GetElapsedTime(sent).TotalMilliseconds, 0, [$"all, {why}"]);

    private static async Task<FleetWrite> AnsweredAsync(FleetNode node, int i, long sent)
    {
        var on = i % 2 == 0 ? Definitions.On : Definitions.Off;
        using var content = new StringContent(on, Encoding.UTF8, "application/json");
        using var answer = await Fleet.Client.PutAsync(new Uri(node.Http, $"/api/v1/flags/fleet-{i % 16}?wait=fleet&timeout={Timeout.TotalSeconds}s"), content);
        var text = await answer.Content.ReadAsStringAsync();
        var taken = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
        if ((int)answer.StatusCode >= 500)
            return Undecided(sent, $"answered {(int)answer.StatusCode}");
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"the PUT at {node.Name} was answered {(int)answer.StatusCode}: {text}");
        var body = JsonDocument.Parse(text).RootElement;
        return new FleetWrite(sent, taken, body.GetProperty("revision").GetInt64(), [.. body.GetProperty("fleet").GetProperty("behind").EnumerateArray().Select(static host => host.GetProperty("host").GetString()!)]);
    }

    /// <summary>Writes at a rate, whether or not the ones before are answered.</summary>
    internal static async Task<IReadOnlyList<FleetWrite>> PacedAsync(IReadOnlyList<FleetNode> nodes, int count, double perSecond)
    {
        var begun = Stopwatch.GetTimestamp();
        var writes = new List<Task<FleetWrite>>();
        for (var i = 0; i < count; i++)
        {
            var wait = TimeSpan.FromSeconds(i / perSecond) - Stopwatch.GetElapsedTime(begun);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait);
            writes.Add(PutAsync(nodes[i % nodes.Count], i));
        }

        return await Task.WhenAll(writes);
    }
}
