using Fabric.Cli.Doctor.Facts;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>Has the node room for its connections and its memory?</summary>
internal sealed class Limits : IDoctorCheck
{
    /// <summary>Connections at once by default, streams of events, other members, and the log's files.</summary>
    private const long FewFiles = 2048;

    private const long LittleMemory = 256L << 20;

    public string Name => "limits";

    public Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) => Task.FromResult(
        context is { Node: { } node, IsLocal: true } ? Judge(LimitFacts.Of(node.Pid)) : CheckResult.Skip("no node answers, or it is on another host"));

    internal static CheckResult Judge(LimitFacts facts)
    {
        if (facts.OpenFiles is { } files && files < FewFiles)
            return CheckResult.Warn($"{files} files and connections at once", $"raise it: LimitNOFILE in the unit, or ulimit -n, to at least {FewFiles}");
        if (facts.MemoryBytes is { } bytes && bytes < LittleMemory)
            return CheckResult.Warn($"its control group has {Mib(bytes)} of memory", $"give it at least {Mib(LittleMemory)} (MemoryMax)");
        return facts.MemoryBytes is { } most && facts.MemoryUsed > most / 10 * 9
            ? CheckResult.Warn($"its control group uses {Mib(facts.MemoryUsed)} of {Mib(most)}", "raise MemoryMax: at the limit the kernel ends the node, and programs keep their answers")
            : CheckResult.Ok($"{facts.OpenFiles?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "any number of"} files, {(facts.MemoryBytes is { } room ? $"{Mib(room)} of memory" : "memory not bounded")}");
    }

    private static string Mib(long bytes) => $"{bytes >> 20} MiB";
}
