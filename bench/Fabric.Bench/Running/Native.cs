using System.Diagnostics;
using System.Globalization;
using Fabric.Bench.Report;

namespace Fabric.Bench.Running;

/// <summary>What a benchmark in C printed.</summary>
/// <param name="Samples">Nanoseconds per call, in the order they were taken, by case.</param>
/// <param name="Notes">What it found out beside.</param>
internal sealed record NativeRun(IReadOnlyDictionary<string, List<double>> Samples, IReadOnlyList<string> Notes)
{
    internal Samples this[string name] => new(Samples[name]);

    /// <summary>One case less another, round by round, so that what slowed both does not count.</summary>
    internal Samples Above(string name, string other) =>
        new(Samples[name].Zip(Samples[other], static (more, less) => more - less));
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
