using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Fabric.Chaos.Tests.Harness;

namespace Fabric.Chaos.Tests;

/// <summary><c>fabric watch</c> while the nodes that it listens to are killed.</summary>
public sealed class WatchTests
{
    private const int Kills = 6;

    private readonly ITestOutputHelper _output = TestContext.Current.TestOutputHelper!;

    [Fact]
    public async Task A_watch_over_killed_nodes_tells_each_revision_once_in_order_and_none_too_few()
    {
        using var fleet = await Fleet.StartAsync();
        using var watch = new Watch(string.Join(',', fleet.Nodes.Select(static node => node.Http.GetLeftPart(UriPartial.Authority))));
        await using var writers = new Writers(fleet, 4, "w", TimeSpan.FromMilliseconds(5));
        for (var i = 0; i < Kills; i++)
        {
            var until = writers.Acknowledged.Count + 50;
            await Eventually.Async("the stream of writes runs", () => Task.FromResult(writers.Acknowledged.Count >= until));
            // In the order of the list, so that the node that is listened to is among them.
            var node = fleet.Nodes[i % fleet.Nodes.Count];
            node.Kill();
            await node.StartAsync();
        }

        var acknowledged = await writers.StopAsync();
        var end = await Flags.PutAsync(fleet.Nodes[0], "end", on: true);
        await Eventually.Async("the watch has heard the last", () => Task.FromResult(watch.Revisions().Contains(end)));

        var truth = await HistoryAsync(fleet.Nodes[0]);
        Assert.Equal(truth, watch.Revisions());
        Assert.Subset(truth.ToHashSet(), acknowledged.Select(static write => write.Revision).ToHashSet());
        Assert.Contains("fabric: http://", watch.Errors, StringComparison.Ordinal);
        _output.WriteLine($"{Kills} kills, {truth.Count} change sets, each told once");
    }

    private static async Task<List<long>> HistoryAsync(NodeProcess node)
    {
        var all = new List<long>();
        for (long? before = long.MaxValue - 1; before is not null;)
        {
            var page = await Client.Http.GetFromJsonAsync<JsonElement>(new Uri(node.Http, $"/api/v1/history?limit=100&before={before}"));
            all.AddRange(page.GetProperty("changeSets").EnumerateArray().Select(static set => set.GetProperty("revision").GetInt64()));
            before = page.GetProperty("next").ValueKind == JsonValueKind.Null ? null : page.GetProperty("next").GetInt64();
        }

        all.Reverse();
        return all;
    }

    /// <summary>The command as a process; what it prints is kept.</summary>
    private sealed class Watch : IDisposable
    {
        private readonly Process _process;
        private readonly List<long> _revisions = [];
        private readonly List<string> _errors = [];

        public Watch(string urls)
        {
            _process = CommandLine.Start("watch", "--url", urls, "--after", "0", "-o", "json");
            _process.OutputDataReceived += (_, line) => Add(_revisions, line.Data, static text => JsonDocument.Parse(text).RootElement.GetProperty("revision").GetInt64());
            _process.ErrorDataReceived += (_, line) => Add(_errors, line.Data, static text => text);
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public string Errors
        {
            get
            {
                lock (_errors)
                    return string.Join('\n', _errors);
            }
        }

        public List<long> Revisions()
        {
            lock (_revisions)
                return [.. _revisions];
        }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }

        private static void Add<T>(List<T> list, string? line, Func<string, T> read)
        {
            if (line is null)
                return;
            lock (list)
                list.Add(read(line));
        }
    }
}
