using System.Runtime.InteropServices;
using System.Text;

namespace Fabric.Bench.Report;

/// <summary>The whole of a run, as it is printed and kept.</summary>
internal static class Results
{
    private static string LoadBefore { get; } = File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>Looks at what else runs, before anything is measured.</summary>
    internal static void Begin() => _ = LoadBefore;

    internal static string Markdown(IReadOnlyList<Section> sections, TimeSpan taken)
    {
        var text = new StringBuilder("# Results\n\n");
        text.Append($"Written by `bench/run` on {DateTime.UtcNow:yyyy-MM-dd}; the run took {taken.TotalSeconds:F0} s. ");
        text.Append("All figures are from this one run on one machine beside other work: compare them with each other, and not with figures from elsewhere. ");
        text.Append("A figure is the median; nine in ten samples lie between those in brackets.\n\n");
        text.Append(Table.Markdown(
        [
            ["machine", ""],
            ["processor", $"{Processor()}, {Environment.ProcessorCount} in use"],
            ["kernel", $"Linux {Environment.OSVersion.Version} {RuntimeInformation.OSArchitecture}"],
            [".NET", RuntimeInformation.FrameworkDescription],
            ["other work", $"load average {LoadBefore} before the run, with what built it"],
        ]));
        text.Append('\n');

        var aims = sections.SelectMany(static section => section.Aims).ToArray();
        if (aims.Length > 0)
        {
            string[][] head = [["aim", "", "measured", ""]];
            text.Append(Table.Markdown(
                [.. head, .. aims.Select(static aim => new[] { aim.What, aim.Text, $"{aim.Measured:F1} {aim.Unit}", aim.Met ? "met" : "not met" })]));
            text.Append('\n');
        }

        foreach (var section in sections)
            text.Append(section.Markdown());
        return text.ToString().TrimEnd() + "\n";
    }

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
        ?? "unknown";
}
