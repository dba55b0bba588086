using System.Diagnostics;
using System.Text.Json;
using Fabric.Bench.Report;

namespace Fabric.Bench.Running;

/// <summary>Runs bench/peers, where the libraries from npm are measured.</summary>
internal static class NpmPeers
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>Nanoseconds per call, the fastest twentieth of all rounds, by library and version, then by case.</summary>
    internal static List<(string Name, Samples Plain, Samples Rule)> Run(Options options)
    {
        var start = new ProcessStartInfo("node", ["peers.mjs", options.Rounds(600).ToString()])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.Combine(Repository.Root, "bench", "peers"),
        };
        using var process = Process.Start(start)!;
        var lines = new List<Line>();
        while (process.StandardOutput.ReadLine() is { } line)
            lines.Add(JsonSerializer.Deserialize<Line>(line, Web) ?? throw new InvalidOperationException($"bench/peers says {line}"));
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"bench/peers ended with {process.ExitCode}");
        return [.. lines.GroupBy(static line => line.Name).Select(static library => (library.Key, Of(library, "plain"), Of(library, "rule")))];
    }

    private static Samples Of(IEnumerable<Line> library, string which) => new Samples(library.Single(line => line.Case == which).Ns).Fastest;

    private sealed record Line(string Name, string Case, IReadOnlyList<double> Ns);
}
