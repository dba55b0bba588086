using System.Globalization;

namespace Fabric.Bench.Running;

/// <summary>One thing that the benchmarks in C measure, as bench/native/bench.h reads it.</summary>
/// <param name="Name">What its samples are called.</param>
/// <param name="How">Which function the shared door is asked by; see bench/native/doors.c. The override door has its own way.</param>
/// <param name="Share">How many of the keys are answered yes, from 0 to 1.</param>
/// <param name="Flag">The flag that is asked for.</param>
internal sealed record BenchCase(string Name, string How, double Share, string Flag)
{
    /// <summary>What the loop and a call cost by themselves: by this the rounds are told that nothing disturbed.</summary>
    internal const string Nothing = "nothing";

    /// <summary>Measures the cases by a run of the shared door.</summary>
    internal static NativeRun Door(Options options, BenchTable table, IReadOnlyList<BenchCase> cases) =>
        Native.Run("doors", table.Table.Path, "cases", Write(options, "door", [new(Nothing, Nothing, 0, cases[0].Flag), .. cases]), Rounds(options));

    /// <summary>Measures the cases by the override door, with what a probe costs beside it.</summary>
    internal static NativeRun Kernel(Options options, BenchTable table, IReadOnlyList<BenchCase> cases) =>
        Native.RunUndisturbed(options, "unprobed", begun: null, () => Native.Run(
            "probe", table.Table.Path, Repository.Dist("fabric.bpf.o"), table.Table.Path, Write(options, "kernel", cases), Rounds(options)));

    private static string Rounds(Options options) => options.Rounds(300).ToString();

    private static string Write(Options options, string name, IEnumerable<BenchCase> cases)
    {
        var path = Path.Combine(options.Work, $"{name}.cases");
        File.WriteAllLines(path, cases.Select(static one => string.Create(CultureInfo.InvariantCulture, $"{one.Name} {one.How} {one.Share} {one.Flag}")));
        return path;
    }
}
