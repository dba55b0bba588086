using System.Diagnostics;
using System.Globalization;
using Fabric.Bench.Report;

namespace Fabric.Bench.Running;

/// <summary>What a benchmark in C printed.</summary>
/// <param name="Samples">Nanoseconds per call, in the order they were taken, by case.</param>
/// <param name="Notes">What it found out beside.</param>
internal sealed record NativeRun(IReadOnlyDictionary<string, List<double>> Samples, IReadOnlyList<string> Notes)
{
    /// <summary>A round that something else slowed down took this much longer over a call that does nothing.</summary>
    private const double Disturbed = 1.08;

    internal int Rounds => Samples.Values.First().Count;

    internal Samples this[string name] => new(Samples[name]);

    /// <summary>One case less another, round by round, so that what slowed both does not count.</summary>
    internal Samples Above(string name, string other) =>
        new(Samples[name].Zip(Samples[other], static (more, less) => more - less));

    /// <summary>
    /// Only the rounds in which a call that does nothing was as fast as it ever is, in that round and in the next: a
    /// busy neighbour on the same core slows everything, whatever it is.
    /// </summary>
    internal NativeRun Undisturbed(string nothing)
    {
        var pace = Samples[nothing];
        var limit = this[nothing].Quantile(0.05) * Disturbed;
        var kept = Enumerable.Range(0, pace.Count).Where(i => pace[i] <= limit && pace[Math.Min(i + 1, pace.Count - 1)] <= limit).ToArray();
        // The fastest twentieth has rounds whose successor was slow: one of them is left in any case.
        return this with { Samples = Samples.ToDictionary(static pair => pair.Key, pair => (kept.Length > 0 ? kept : [0]).Select(i => pair.Value[i]).ToList()) };
    }

    internal NativeRun And(NativeRun other) =>
        this with { Samples = Samples.ToDictionary(static pair => pair.Key, pair => pair.Value.Concat(other.Samples[pair.Key]).ToList()) };
}

/// <summary>Runs the benchmarks in C.</summary>
internal static class Native
{
    private const int MostRuns = 12;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(700);

    /// <summary>Where the programs count, out of the way of any node on this host.</summary>
    internal static string Usage { get; set; } = "";

    /// <summary>Runs a program again, a moment later, until there are enough rounds that nothing disturbed, within bounds.</summary>
    internal static NativeRun RunUndisturbed(Options options, string nothing, NativeRun? begun, Func<NativeRun> run)
    {
        var all = begun ?? run();
        for (var runs = 1; all.Undisturbed(nothing).Rounds < options.Rounds(200) && runs < options.Rounds(MostRuns); runs++)
        {
            Thread.Sleep(Between);
            all = all.And(run());
        }

        return all.Undisturbed(nothing);
    }

    internal static NativeRun Run(string program, string table, params string[] arguments)
    {
        var start = new ProcessStartInfo(Repository.Native(program), arguments) { RedirectStandardOutput = true };
        start.Environment["FABRIC_TABLE"] = table;
        start.Environment["FABRIC_USAGE"] = Usage;
        using var process = Process.Start(start)!;
        var samples = new Dictionary<string, List<double>>();
        var notes = new List<string>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            var words = line.Split(' ', 3);
            if (words[0] != "sample")
            {
                notes.Add(line[(words[0].Length + 1)..]);
                continue;
            }

            if (!samples.TryGetValue(words[1], out var list))
                samples[words[1]] = list = [];
            list.Add(double.Parse(words[2], CultureInfo.InvariantCulture));
        }

        process.WaitForExit();
        return process.ExitCode == 0
            ? new NativeRun(samples, notes)
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }
}
