using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Fabric.Chaos.Tests.Harness;

/// <summary>A write that was answered with success.</summary>
/// <param name="Key">The flag, put by this write alone.</param>
/// <param name="Revision">What the answer said.</param>
/// <param name="Started">When it was sent.</param>
/// <param name="Answered">When it was answered.</param>
internal sealed record Acknowledged(string Key, long Revision, long Started, long Answered);

/// <summary>Writers that put flags of new names through any node, one after the other, and keep what was acknowledged.</summary>
internal sealed class Writers : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Acknowledged> _acknowledged = [];
    private readonly Task[] _tasks;
    private readonly Fleet _fleet;
    private readonly string _round;
    private readonly TimeSpan _pause;

    /// <param name="fleet">Whom they write to.</param>
    /// <param name="count">How many write at once.</param>
    /// <param name="round">What their flags' names begin with.</param>
    /// <param name="pause">Between two writes of one writer; it bounds how many flags a round leaves behind.</param>
    internal Writers(Fleet fleet, int count, string round, TimeSpan pause)
    {
        _pause = pause;
        _fleet = fleet;
        _round = round;
        _tasks = [.. Enumerable.Range(0, count).Select(writer => Task.Run(() => WriteAsync(writer)))];
    }

    internal IReadOnlyCollection<Acknowledged> Acknowledged => _acknowledged;

    internal async Task<IReadOnlyCollection<Acknowledged>> StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks);
        return _acknowledged;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task WriteAsync(int writer)
    {
        for (var number = 0; !_stop.IsCancellationRequested; number++)
        {
            var key = $"{_round}-{writer}-{number}";
            var nodes = _fleet.Nodes;
            var node = nodes[(writer + number) % nodes.Count];
            var started = Stopwatch.GetTimestamp();
            try
            {
                using var answer = await Client.Http.PutAsJsonAsync(new Uri(node.Http, $"/api/v1/flags/{key}"), Flags.Boolean(true), CancellationToken.None);
                if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created)
                {
                    var body = await answer.Content.ReadFromJsonAsync<JsonElement>(CancellationToken.None);
                    _acknowledged.Add(new Acknowledged(key, body.GetProperty("revision").GetInt64(), started, Stopwatch.GetTimestamp()));
                }
            }
            catch (Exception unreachable) when (unreachable is HttpRequestException or OperationCanceledException or JsonException)
            {
                // The node is dead or dying: whether the write counts is unknown, so it proves nothing.
            }

            await Task.Delay(_pause, CancellationToken.None);
        }
    }
}

/// <summary>What a write with `?wait=fleet` came to.</summary>
/// <param name="Revision">What it was given.</param>
/// <param name="Applied">Who has it.</param>
/// <param name="Behind">Who has it not, with the revision that it has.</param>
internal sealed record FleetAnswer(long Revision, IReadOnlyList<string> Applied, IReadOnlyDictionary<string, long> Behind)
{
    internal static FleetAnswer Read(JsonElement body)
    {
        var fleet = body.GetProperty("fleet");
        return new FleetAnswer(body.GetProperty("revision").GetInt64(),
            [.. fleet.GetProperty("applied").EnumerateArray().Select(static name => name.GetString()!)],
            fleet.GetProperty("behind").EnumerateArray().ToDictionary(static host => host.GetProperty("host").GetString()!, static host => host.GetProperty("revision").GetInt64()));
    }

    public override string ToString() => $"revision {Revision}, applied {string.Join(' ', Applied)}, behind {string.Join(' ', Behind)}";
}

/// <summary>Definitions and reads that tests need.</summary>
internal static class Flags
{
    internal static object Boolean(bool on) => new
    {
        state = "ENABLED",
        variants = new { on = true, off = false },
        defaultVariant = on ? "on" : "off",
    };

    internal static Task<long> PutAsync(NodeProcess node, string key, bool on) => PutAsync(node, key, JsonSerializer.Serialize(Boolean(on)));

    internal static async Task<long> PutAsync(NodeProcess node, string key, string definition)
    {
        using var body = new StringContent(definition, System.Text.Encoding.UTF8, "application/json");
        using var answer = await Client.Http.PutAsync(new Uri(node.Http, $"/api/v1/flags/{key}"), body);
        Assert.True(answer.IsSuccessStatusCode, $"{node.Name}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("revision").GetInt64();
    }

    /// <summary>A write that waits for all hosts, sent until it is acknowledged, and what its answer says of them.</summary>
    internal static async Task<FleetAnswer> PutAndWaitAsync(NodeProcess node, string key, string timeout)
    {
        FleetAnswer? said = null;
        await Eventually.Async($"{key} is acknowledged by {node.Name}", async () =>
        {
            using var answer = await Client.Http.PutAsJsonAsync(new Uri(node.Http, $"/api/v1/flags/{key}?wait=fleet&timeout={timeout}"), Boolean(true));
            if (!answer.IsSuccessStatusCode)
                return false;
            said = FleetAnswer.Read(await answer.Content.ReadFromJsonAsync<JsonElement>());
            return true;
        });
        return said!;
    }

    /// <summary>Every flag that a node holds itself, by key with its revision.</summary>
    internal static async Task<Dictionary<string, long>> AllAsync(NodeProcess node)
    {
        var all = new Dictionary<string, long>();
        for (string? after = ""; after is not null;)
        {
            var page = await Client.Http.GetFromJsonAsync<JsonElement>(
                new Uri(node.Http, $"/api/v1/flags?consistency=local&limit=1000&after={Uri.EscapeDataString(after)}"));
            foreach (var flag in page.GetProperty("flags").EnumerateArray())
                all.Add(flag.GetProperty("key").GetString()!, flag.GetProperty("revision").GetInt64());
            after = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        return all;
    }

    /// <summary>Removes flags, so that the next round has room.</summary>
    internal static async Task DeleteAsync(NodeProcess node, IEnumerable<string> keys)
    {
        foreach (var some in keys.Chunk(128))
        {
            var set = new { changes = some.Select(static key => new { delete = new { key } }) };
            using var answer = await Client.Http.PostAsJsonAsync(new Uri(node.Http, "/api/v1/changes"), set);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
    }
}
