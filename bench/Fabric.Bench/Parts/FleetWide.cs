using System.Diagnostics;
using Fabric.Bench.Report;
using Fabric.Bench.Running;

namespace Fabric.Bench.Parts;

/// <summary>A write on its way to every host: three voters alone, with 200 hosts more, through a chain of hosts, and while a voter ends.</summary>
internal static class FleetWide
{
    private const int ChainLength = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private const double TicksPerMillisecond = 1e6;

    internal static Section Run(Options options) => RunAsync(options).GetAwaiter().GetResult();

    private static async Task<Section> RunAsync(Options options)
    {
        // Hosts write to their disks on threads of the pool: of a process with one host, those of each are its own.
        ThreadPool.GetMinThreads(out _, out var ports);
        ThreadPool.SetMinThreads(options.Hosts, ports);
        using var fleet = Fleet.Start(options);
        var observers = new List<Observer>();
        try
        {
            var section = new Section("A write on its way to every host");
            section.Row("", "p50 ms", "p99 ms", "max ms");
            await StepAsync("voters alone", () => VotersAloneAsync(options, fleet, section));
            await StepAsync("a chain", () => ChainAsync(options, fleet, section));
            await StepAsync("all start", () => StartAllAsync(options, fleet, observers, section));
            await StepAsync("all", () => AllAsync(options, fleet, observers, section));
            await StepAsync("all at rest", () => AtRestAsync(observers, section));
            await StepAsync("a voter ends", () => VoterEndsAsync(options, fleet, observers, section));
            section.Note("Voters are processes of their own; the other hosts are whole nodes in one process, each with its own folder in memory, journal, server and table in a file; those of the chain are on this machine's disk, as the voters are. "
                + "All share this machine's two cores, which real hosts do not: the figures are bounds from above. "
                + "A write is sent with ?wait=fleet, and its time runs until the answer says that every host has confirmed it.");
            return section;
        }
        finally
        {
            await StepAsync("all end", () => EndAsync(observers));
        }
    }

    /// <summary>Says on standard error how long a step took, and what of this process: where a run is slow, it shows where.</summary>
    private static async Task StepAsync(string name, Func<Task> step)
    {
        var begun = Stopwatch.GetTimestamp();
        var before = Environment.CpuUsage.TotalTime;
        await step();
        Console.Error.WriteLine($"    {name}: {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s, {(Environment.CpuUsage.TotalTime - before).TotalSeconds:F1} s of a core here");
    }

    /// <summary>100 writes a second, at each voter in turn.</summary>
    private static async Task VotersAloneAsync(Options options, Fleet fleet, Section section)
    {
        _ = await FleetWrites.PacedAsync(fleet.Nodes, 200, 100);
        var writes = await FleetWrites.PacedAsync(fleet.Nodes, options.Rounds(2_000), 100);
        Row(section, "PUT until the tables of all three voters show it, at 100 writes/s", writes);
        var times = Reached(writes);
        section.Aims.Add(new Aim("PUT to table on all three at 100 writes/s, p50", 5, times.Quantile(0.5), "ms"));
        section.Aims.Add(new Aim("PUT to table on all three at 100 writes/s, p99", 25, times.Quantile(0.99), "ms"));
    }

    /// <summary>What each host between a voter and another one adds.</summary>
    private static async Task ChainAsync(Options options, Fleet fleet, Section section)
    {
        var chain = new List<Observer>();
        try
        {
            for (var i = 0; i < ChainLength; i++)
                chain.Add(await Observer.StartAsync($"chain-{i}", options.Work, [i == 0 ? fleet.Nodes[0].Http : chain[^1].Http], feeds: 1));
            await UntilAsync(() => chain.TrueForAll(static observer => observer.Fed.Count > 0), "the chain is fed");
            var writes = (await FleetWrites.PacedAsync([fleet.Nodes[0]], options.Rounds(200), 20)).Where(static write => write.Whole).ToArray();
            var all = new List<Samples>();
            for (var depth = 1; depth < ChainLength && writes.Length > 0; depth++)
            {
                var added = writes.Select(write => (chain[depth].Shown(write.Revision)!.Value - chain[depth - 1].Shown(write.Revision)!.Value) / TicksPerMillisecond);
                all.Add(Row(section, $"a host to the one that it feeds, table to table, at depth {depth + 1}", new Samples(added)));
            }

            if (all.Count > 0 && Samples.Of(all) is var hop)
                Hop.Last = new Hop(hop.Quantile(0.5), hop.Quantile(0.99), "as the part `fleet` of this run measured it");
        }
        finally
        {
            foreach (var observer in Enumerable.Reverse(chain))
            {
                await observer.DisposeAsync();
                // A host that is only off counts as behind: no later write would reach all.
                await fleet.RemoveAsync(observer.Name);
            }
        }
    }

    private static async Task StartAllAsync(Options options, Fleet fleet, List<Observer> observers, Section section)
    {
        var before = Resident();
        var begun = Stopwatch.GetTimestamp();
        foreach (var chunk in Enumerable.Range(0, options.Hosts).Chunk(20))
            observers.AddRange(await Task.WhenAll(chunk.Select(i => Observer.StartAsync($"o{i}", options.HostsFolder, fleet.Nodes.Select(static node => node.Http), feeds: 16))));
        await UntilAsync(() => observers.TrueForAll(static observer => observer.Fed.Count > 0), $"all {options.Hosts} hosts are fed");
        section.Note($"{options.Hosts} hosts started and fed after {Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} s; each takes {(Resident() - before) / options.Hosts / 1e6:F1} MB of this process's memory. "
            + $"A voter with a third of them takes {fleet.ResidentBytes(fleet.Nodes[0]) / 1e6:F0} MB.");
    }

    /// <summary>What a host costs while nothing is written. After the writes, when little is left to compile for the runtime.</summary>
    private static async Task AtRestAsync(List<Observer> observers, Section section)
    {
        var begun = Stopwatch.GetTimestamp();
        var before = Environment.CpuUsage.TotalTime;
        await Task.Delay(TimeSpan.FromSeconds(5));
        var share = (Environment.CpuUsage.TotalTime - before) / Stopwatch.GetElapsedTime(begun) / observers.Count;
        section.Note($"While nothing is written, a host takes {share * 100:F2} % of a core.");
    }

    private static async Task EndAsync(List<Observer> observers)
    {
        foreach (var chunk in observers.Chunk(20))
            await Task.WhenAll(chunk.Select(static observer => observer.DisposeAsync().AsTask()));
    }

    private static async Task AllAsync(Options options, Fleet fleet, List<Observer> observers, Section section)
    {
        _ = await FleetWrites.PacedAsync(fleet.Nodes, 20, 10);
        var writes = await FleetWrites.PacedAsync(fleet.Nodes, options.Rounds(300), 10);
        Row(section, $"PUT until {options.Hosts + 3} hosts have confirmed it, at 10 writes/s", writes);
        var whole = writes.Where(static write => write.Whole).ToArray();
        var shown = whole.Select(write => observers.Max(observer => observer.Shown(write.Revision)!.Value - write.Sent) / TicksPerMillisecond);
        if (whole.Length > 0)
            Row(section, "PUT until the last table shows it", new Samples(shown));
        section.Note($"{whole.Length} of {writes.Count} writes were confirmed by all hosts within 30 s{Named(writes)}.");
        section.Aims.Add(new Aim($"a write in the tables of 3 voters and {options.Hosts} hosts, p99", 250, Reached(writes).Quantile(0.99), "ms"));
    }

    /// <summary>A voter is killed and comes back: how its hosts come to the others, and what that does to writes.</summary>
    private static async Task VoterEndsAsync(Options options, Fleet fleet, List<Observer> observers, Section section)
    {
        var leader = fleet.Leader();
        var victim = fleet.Nodes.First(node => node.Name != leader);
        var before = observers.ToDictionary(static observer => observer, static observer => observer.Fed.Count);
        var killed = Stopwatch.GetTimestamp();
        fleet.KillAndRestart(options, victim);
        var others = fleet.Nodes.Where(node => node != victim).ToArray();
        var writes = await FleetWrites.PacedAsync(others, 40, 10);
        await Task.Delay(TimeSpan.FromSeconds(10));
        var moved = observers.SelectMany(observer => observer.Fed.Skip(before[observer])).Select(at => (at - killed) / TicksPerMillisecond).Order().ToArray();
        var lost = observers.Count(observer => observer.Fed.Count > before[observer]);
        var most = moved.Length == 0 ? 0 : moved.Max(at => moved.Count(other => other >= at && other < at + 100));
        Row(section, "PUT until all have confirmed it, while a voter is gone and its hosts move", writes);
        section.Note($"Voter {victim.Name} was killed: {lost} hosts moved, {moved.Length} connections in all, the last after {(moved.Length == 0 ? 0 : moved[^1]) / 1000:F1} s, at most {most} within 100 ms; "
            + $"{writes.Count(static write => !write.Whole)} of {writes.Count} writes named a host as behind.");
        section.Aims.Add(new Aim("connections for each host that lost its voter", 2, lost == 0 ? 0 : (double)moved.Length / lost, "each"));
    }

    /// <summary>The times of writes, where one that not all hosts have confirmed counts as one that took all the time there was.</summary>
    private static Samples Reached(IReadOnlyList<FleetWrite> writes) =>
        new(writes.Select(static write => write.Whole ? write.Milliseconds : FleetWrites.Timeout.TotalMilliseconds));

    private static string Named(IReadOnlyList<FleetWrite> writes)
    {
        var behind = writes.SelectMany(static write => write.Behind).CountBy(static host => host).OrderByDescending(static host => host.Value).ToArray();
        return behind.Length == 0 ? "" : $"; behind were {string.Join(", ", behind.Take(5).Select(static host => $"{host.Key} ({host.Value} times)"))}{(behind.Length > 5 ? $" and {behind.Length - 5} more" : "")}";
    }

    private static Samples Row(Section section, string what, IReadOnlyList<FleetWrite> writes) => Row(section, what, new Samples(writes.Select(static write => write.Milliseconds)));

    private static Samples Row(Section section, string what, Samples times)
    {
        section.Row(what, Samples.Figure(times.Quantile(0.5), 2), Samples.Figure(times.Quantile(0.99), 2), Samples.Figure(times.Max, 2));
        return times;
    }

    private static long Resident()
    {
        GC.Collect();
        return Environment.WorkingSet;
    }

    private static async Task UntilAsync(Func<bool> holds, string what)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!holds())
        {
            if (Stopwatch.GetElapsedTime(begun) > Patience)
                throw new TimeoutException($"within {Patience.TotalSeconds} s it did not happen that {what}");
            await Task.Delay(20);
        }
    }
}
