using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Fabric.Chaos.Hosts;
using Fabric.Chaos.Traffic;

namespace Fabric.Chaos.Faults;

/// <summary>Lets a schedule happen, and writes <c>faults.jsonl</c>.</summary>
internal sealed class FaultRunner(Lab lab, StatusSampler statuses, Schedule schedule, int rounds, string path) : IAsyncDisposable
{
    // A schedule goes on when the hosts are well again, or do not get well: that is told, and what is checked is the same.
    private static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly JsonLinesFile _file = new(path);
    private readonly ConcurrentDictionary<string, int> _counts = [];
    private readonly ConcurrentQueue<long> _leaderDeaths = [];
    private readonly HashSet<Host> _mayEnd = [];
    private int _unexpectedEnds;

    /// <summary>How often each kind of fault has been.</summary>
    internal IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>When a leader was killed with nothing else wrong.</summary>
    internal IReadOnlyCollection<long> LeaderDeaths => _leaderDeaths;

    /// <summary>Nodes that ended although no fault of theirs explains it.</summary>
    internal int UnexpectedEnds => _unexpectedEnds;

    /// <summary>What goes wrong at the moment.</summary>
    internal string Now { get; private set; } = "";

    /// <summary>One step after the other until the time or the last round is over; the last is put right as well.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && (rounds == 0 || schedule.Rounds < rounds))
        {
            var well = await GetWellAsync(stop);
            _mayEnd.Clear();
            await StepAsync(schedule.Next(), well);
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private async Task StepAsync(Step step, bool well)
    {
        Now = string.Join('+', step.Kinds.Select(static kind => kind.Name));
        var random = new Random(step.Seed);
        var begun = new List<(FaultKind Kind, Fault Fault)>();
        foreach (var kind in step.Kinds)
        {
            var fault = kind.Make(new Arena(lab, () => statuses.Leader, new Random(random.Next())));
            if (well && kind.Name == Catalogue.KillLeader && step.Kinds.Count == 1 && statuses.Leader is not null)
                _leaderDeaths.Enqueue(JsonLinesFile.Now);
            begun.Add((kind, fault));
            await fault.BeginAsync();
            Note(kind.Name, fault, "begin");
            _counts.AddOrUpdate(kind.Name, 1, static (_, count) => count + 1);
        }

        await Task.Delay(step.Lasts);
        foreach (var (kind, fault) in Enumerable.Reverse(begun))
        {
            await fault.EndAsync();
            Note(kind.Name, fault, "end");
            if (fault.MayEndNodes)
                _mayEnd.UnionWith(fault.Hosts);
            if (!fault.Emptied || kind.Name == Catalogue.Wiped)
                continue;
            Note(Catalogue.Wiped, fault, "begin");
            Note(Catalogue.Wiped, fault, "end");
        }

        Now = "";
        await Task.Delay(step.Quiet);
    }

    /// <summary>Starts what has ended, and waits until all voters are ready; false where that takes too long.</summary>
    private async Task<bool> GetWellAsync(CancellationToken stop)
    {
        var since = JsonLinesFile.Now;
        while (!stop.IsCancellationRequested)
        {
            foreach (var host in lab.Hosts.Where(static host => !host.Node.Running))
                Restart(host);
            if (lab.Voters.All(host => statuses.Of(host) is { } status && status.GetProperty("ready").GetBoolean()))
                return true;
            if (JsonLinesFile.Now - since > LongestRecovery.TotalNanoseconds)
                return false;
            await Task.Delay(Poll, CancellationToken.None);
        }

        return false;
    }

    private void Restart(Host host)
    {
        var expected = _mayEnd.Contains(host);
        if (!expected)
            Interlocked.Increment(ref _unexpectedEnds);
        _file.Add(new JsonObject
        {
            ["time"] = JsonLinesFile.Now, ["fault"] = "ended-by-itself", ["phase"] = "begin", ["hosts"] = new JsonArray(host.Name),
            ["detail"] = new JsonObject { ["exitCode"] = host.Node.ExitCode, ["expected"] = expected },
        });
        host.Start();
    }

    private void Note(string kind, Fault fault, string phase) => _file.Add(new JsonObject
    {
        ["time"] = JsonLinesFile.Now, ["fault"] = kind, ["phase"] = phase,
        ["hosts"] = new JsonArray([.. fault.Hosts.Select(static host => (JsonNode)host.Name)]),
        ["detail"] = fault.Detail.DeepClone(),
    });
}
