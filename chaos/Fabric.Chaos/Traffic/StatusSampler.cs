using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Traffic;

/// <summary>Asks every node four times a second how it is, and remembers the last answers.</summary>
internal sealed class StatusSampler(Lab lab, string path) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly JsonLinesFile _file = new(path);
    private readonly ConcurrentDictionary<Host, JsonElement> _last = [];

    /// <summary>Which host leads, as far as is known; null while none says so.</summary>
    internal Host? Leader => _last.Where(static pair => pair.Key.Node.Running && pair.Value.GetProperty("role").GetString() == "leader")
        .OrderByDescending(static pair => pair.Value.GetProperty("term").GetInt64()).Select(static pair => pair.Key).FirstOrDefault();

    /// <summary>What a host said last, unless it was silent since.</summary>
    internal JsonElement? Of(Host host) => _last.TryGetValue(host, out var status) ? status : null;

    internal Task RunAsync(CancellationToken stop) => Task.WhenAll(lab.Hosts.Select(host => Task.Run(() => SampleAsync(host, stop), CancellationToken.None)));

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private async Task SampleAsync(Host host, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var status = await host.StatusAsync();
            var line = new JsonObject { ["time"] = JsonLinesFile.Now, ["host"] = host.Name };
            if (status is { } known)
            {
                _last[host] = known;
                line["status"] = JsonNode.Parse(known.GetRawText());
            }
            else
            {
                _last.TryRemove(host, out _);
                line["error"] = "silent";
            }

            _file.Add(line);
            await Task.Delay(Interval, CancellationToken.None);
        }
    }
}
