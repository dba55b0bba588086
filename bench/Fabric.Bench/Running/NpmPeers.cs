using System.Diagnostics;
using System.Text.Json;
using Fabric.Bench.Report;

namespace Fabric.Bench.Running;

/// <summary>Runs bench/peers, where the libraries from npm are measured.</summary>
internal static class NpmPeers
{
    /// <summary>A start of Node.js compiles as it happens to, and is by some percent faster or slower than the next for good.</summary>
    private const int Starts = 3;

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>Nanoseconds per call, the fastest twentieth of all rounds of all starts, by library and version, then by case.</summary>
    internal static List<(string Name, Samples Plain, Samples Rule)> Run(Options options)
    {
        var lines = Enumerable.Range(0, options.Quick ? 1 : Starts).SelectMany(_ => RunOnce(options)).ToArray();
        return [.. lines.GroupBy(static line => line.Name).Select(static library => (library.Key, Of(library, "plain"), Of(library, "rule")))];
    }

    private static List<Line> RunOnce(Options options)
    {
        var start = new ProcessStartInfo("node", ["peers.mjs", options.Rounds(300).ToString()])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.Combine(Repository.Root, "bench", "peers"),
        };
        // As these libraries are deployed: some say less then.
        start.Environment["NODE_ENV"] = "production";
        using var process = Process.Start(start)!;
        var lines = new List<Line>();
        while (process.StandardOutput.ReadLine() is { } line)
            lines.Add(JsonSerializer.Deserialize<Line>(line, Web) ?? throw new InvalidOperationException($"bench/peers says {line}"));
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"bench/peers ended with {process.ExitCode}");
        return lines;
    }

    private static Samples Of(IEnumerable<Line> library, string which) =>
        new Samples(library.Where(line => line.Case == which).SelectMany(static line => line.Ns)).Fastest;

    private sealed record Line(string Name, string Case, IReadOnlyList<double> Ns);
}
