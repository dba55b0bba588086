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

    /// <summary>Fewer rounds than this are no sample.</summary>
    private const int FewestRounds = 20;

    internal Samples this[string name] => new(Samples[name]);

    /// <summary>One case less another, round by round, so that what slowed both does not count.</summary>
    internal Samples Above(string name, string other) =>
        new(Samples[name].Zip(Samples[other], static (more, less) => more - less));

    /// <summary>
    /// Only the rounds in which a call that does nothing was as fast as it ever is, in that round and in the next: a
    /// busy neighbour on the same core slows everything, whatever it is. All rounds where too few are left.
    /// </summary>
    internal NativeRun Undisturbed(string nothing)
    {
        var pace = Samples[nothing];
        var limit = this[nothing].Quantile(0.05) * Disturbed;
        var kept = Enumerable.Range(0, pace.Count).Where(i => pace[i] <= limit && pace[Math.Min(i + 1, pace.Count - 1)] <= limit).ToArray();
        return kept.Length < FewestRounds
            ? this
            : this with { Samples = Samples.ToDictionary(static pair => pair.Key, pair => kept.Select(i => pair.Value[i]).ToList()) };
    }
}

/// <summary>Runs the benchmarks in C.</summary>
internal static class Native
{
    internal static NativeRun Run(string program, string table, params string[] arguments)
    {
        var start = new ProcessStartInfo(Repository.Native(program), arguments) { RedirectStandardOutput = true };
        start.Environment["FABRIC_TABLE"] = table;
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
