using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Traffic;

/// <summary>One client: an operation after the other, at a steady pace where the fabric lets it.</summary>
internal sealed class ClientLoop(int number, Host home, IReadOnlyList<Host> all, Operations operations, IReadOnlyList<string> keys, int seed, TimeSpan pace)
{
    // A process whose operation is in doubt is followed by another: the doubt may take effect at any later time.
    private const int NextProcess = 1000;

    private readonly Random _random = new(seed);
    private readonly Dictionary<string, long> _seen = [];
    private long _process = number;

    internal async Task RunAsync(CancellationToken stop)
    {
        using var client = new FabricClient(home, all);
        var watch = Stopwatch.StartNew();
        var next = TimeSpan.Zero;
        while (!stop.IsCancellationRequested)
        {
            await OneAsync(client);
            next += pace;
            if (next < watch.Elapsed)
                next = watch.Elapsed;
            var rest = next - watch.Elapsed;
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, CancellationToken.None);
        }
    }

    private Task OneAsync(FabricClient client)
    {
        var key = keys[_random.Next(keys.Count)];
        return _random.Next(100) switch
        {
            < 20 => WriteAsync(client, "write", [new Wish(key, operations.NewValue(), null)]),
            < 38 => WriteAsync(client, "cas", [new Wish(key, operations.NewValue(), _seen.GetValueOrDefault(key))]),
            < 43 => WriteAsync(client, "delete", [new Wish(key, null, _random.Next(2) == 0 ? null : Known(key))]),
            < 52 => WriteAsync(client, "changes", Several()),
            < 76 => ReadAsync(client, key, local: false),
            _ => ReadAsync(client, key, local: true),
        };
    }

    private long? Known(string key) => _seen.TryGetValue(key, out var revision) && revision > 0 ? revision : null;

    private Wish[] Several()
    {
        var some = keys.ToArray();
        _random.Shuffle(some);
        return [.. some.Take(2 + _random.Next(3)).Select(key => new Wish(key, operations.NewValue(), _random.Next(6) == 0 ? Known(key) : null))];
    }

    private async Task WriteAsync(FabricClient client, string function, Wish[] wishes)
    {
        var operation = Guid.NewGuid();
        var name = operation.ToString("N");
        operations.Invoke(_process, function, home.Name, line =>
        {
            line["op"] = name;
            if (function != "changes")
                wishes[0].Describe(line);
            else
                line["changes"] = new JsonArray([.. wishes.Select(static wish => { var one = new JsonObject(); wish.Describe(one); return (JsonNode)one; })]);
        });
        var began = JsonLinesFile.Now;
        var answer = await client.WriteAsync(node => function == "changes" ? Wish.Request(node, wishes, name) : wishes[0].Request(node, name), operation);
        End(function, home, began, answer);
        if (answer is Answer.Done { Body: var body })
        {
            foreach (var wish in wishes)
                _seen[wish.Key] = wish.Value is null ? 0 : body.GetProperty("revision").GetInt64();
        }
        else if (answer is Answer.Refused { Conflict: true })
        {
            // Whatever it was, it is not that any more; the next read tells.
            foreach (var wish in wishes)
                _seen.Remove(wish.Key);
        }
    }

    private async Task ReadAsync(FabricClient client, string key, bool local)
    {
        var least = local && _random.Next(3) == 0 ? Known(key) : null;
        operations.Invoke(_process, "read", home.Name, line =>
        {
            (line["key"], line["consistency"]) = (key, local ? "local" : "linearizable");
            if (least is { } revision)
                line["minRevision"] = revision;
        });
        var began = JsonLinesFile.Now;
        var (answer, node) = await client.ReadAsync($"/api/v1/flags/{key}?consistency={(local ? "local" : "linearizable")}{(least is { } wanted ? string.Create(CultureInfo.InvariantCulture, $"&minRevision={wanted}") : "")}");
        if (answer is Answer.Refused { Status: 404, At: { } at })
        {
            _seen[key] = 0;
            answer = new Answer.Done(JsonSerializer.SerializeToElement(new { revision = 0 }), at);
        }
        else if (answer is Answer.Done { Body: var body })
        {
            _seen[key] = body.GetProperty("revision").GetInt64();
        }

        End("read", node, began, answer);
    }

    private void End(string function, Host node, long began, Answer answer)
    {
        operations.End(_process, function, node.Name, began, answer);
        if (answer is Answer.Unknown)
            _process += NextProcess;
    }
}
