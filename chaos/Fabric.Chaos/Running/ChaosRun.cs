using System.Globalization;
using System.Text.Json.Nodes;
using Fabric.Chaos.Faults;
using Fabric.Chaos.Hosts;
using Fabric.Chaos.Traffic;

namespace Fabric.Chaos.Running;

/// <summary>A run from its first host to its last line: set up, use and break, heal, record.</summary>
internal sealed class ChaosRun(RunOptions options, Programs programs, TextWriter output)
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestHearing = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Progress = TimeSpan.FromSeconds(5);

    /// <summary>Makes the recording; gives its figures.</summary>
    /// <exception cref="HarnessException">The run could not be made, whatever was tested.</exception>
    internal async Task<Figures> RecordAsync(CancellationToken stop)
    {
        Describe(ended: false);
        await using var lab = await Lab.MakeAsync(options.Hosts, programs);
        await using var statuses = new StatusSampler(lab, In("status.jsonl"));
        await using var faults = new FaultRunner(lab, statuses, new Schedule(options.Faults, options.Seed), options.Rounds, In("faults.jsonl"));
        using var stopSampling = new CancellationTokenSource();
        var sampling = statuses.RunAsync(stopSampling.Token);
        try
        {
            return await RecordAsync(lab, statuses, faults, stop);
        }
        finally
        {
            await stopSampling.CancelAsync();
            await sampling;
            foreach (var host in lab.Hosts.Where(static host => File.Exists(host.Log)))
                File.Copy(host.Log, In($"log-{host.Name}.txt"), overwrite: true);
        }
    }

    private async Task<Figures> RecordAsync(Lab lab, StatusSampler statuses, FaultRunner faults, CancellationToken stop)
    {
        foreach (var host in lab.Hosts)
            host.Start();
        await ReadyAsync(lab);
        var operations = new Operations(In("operations.jsonl"));
        await using var crowd = new Crowd(lab, operations, options.Folder, options.Seed);
        await Task.Delay(WarmUp, CancellationToken.None);

        var began = JsonLinesFile.Now;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(TimeSpan.FromMinutes(options.Minutes));
        var breaking = faults.RunAsync(over.Token);
        await WatchAsync(breaking, operations, faults, statuses, began);
        await breaking;
        await crowd.StopWritingAsync();
        var ended = JsonLinesFile.Now;

        var equal = await HealAsync(lab, crowd, ended);
        Describe(ended: true);
        return Figures.Of(operations, faults, options.Faults, TimeSpan.FromMicroseconds((ended - began) / 1000.0), equal is { } at ? TimeSpan.FromMicroseconds((at - ended) / 1000.0) : null);
    }

    private async Task<long?> HealAsync(Lab lab, Crowd crowd, long since)
    {
        var equal = await Healing.BecomeEqualAsync(lab, since);
        await File.WriteAllTextAsync(In("healed.json"), new JsonObject { ["time"] = since, ["equal"] = equal }.ToJsonString());
        foreach (var host in lab.Hosts)
        {
            if (!await Healing.RecordAsync(host, options.Folder))
                await output.WriteLineAsync($"{host.Name} does not say what it holds");
        }

        var last = (await lab.Hosts[0].StatusAsync())?.GetProperty("revision").GetInt64() ?? 0;
        using var deadline = new CancellationTokenSource(LongestHearing);
        while (!crowd.HaveHeard(last) && !deadline.IsCancellationRequested)
            await Task.Delay(50, CancellationToken.None);
        return equal;
    }

    private static async Task ReadyAsync(Lab lab)
    {
        using var deadline = new CancellationTokenSource(LongestStart);
        foreach (var host in lab.Hosts)
        {
            while (await host.StatusAsync() is not { } status || !status.GetProperty("ready").GetBoolean())
            {
                if (!host.Node.Running || deadline.IsCancellationRequested)
                    throw new HarnessException($"{host.Name} did not get ready: {(File.Exists(host.Log) ? await File.ReadAllTextAsync(host.Log, CancellationToken.None) : "it said nothing")}");
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }

    private async Task WatchAsync(Task breaking, Operations operations, FaultRunner faults, StatusSampler statuses, long began)
    {
        while (await Task.WhenAny(breaking, Task.Delay(Progress, CancellationToken.None)) != breaking)
        {
            var seconds = (JsonLinesFile.Now - began) / 1e9;
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{seconds,5:0} s  {operations.Decided,7} operations  {operations.Decided / seconds,5:0}/s  {faults.Counts.Values.Sum(),4} faults  leader {statuses.Leader?.Name ?? "-"}  {faults.Now}"));
        }
    }

    private void Describe(bool ended)
    {
        var run = new JsonObject
        {
            ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            ["started"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
            ["minutes"] = options.Minutes,
            ["hosts"] = new JsonArray([.. HostPlan.Of(options.Hosts).Select(static host => (JsonNode)new JsonObject { ["name"] = host.Name, ["voter"] = host.Voter })]),
            ["arguments"] = new JsonArray([.. options.Arguments.Select(static argument => (JsonNode)argument)]),
            ["ended"] = ended,
        };
        File.WriteAllText(In("run.json"), run.ToJsonString());
    }

    private string In(string file) => Path.Combine(options.Folder, file);
}
