using Fabric.Bench.Report;
using Fabric.Bench.Running;

namespace Fabric.Bench.Parts;

/// <summary>What counting adds to a call.</summary>
internal static class Usage
{
    private const int Flags = 10_000;

    internal static Section Run(Options options)
    {
        using var plain = BenchTable.Create(options, options.Pins ?? options.Work, "usage-plain", BenchTable.Named(Flags, Definitions.On));
        var silent = Path.Combine(options.Work, "libflagfabric-silent.so");
        File.Copy(Repository.Dist("libflagfabric.so"), silent, overwrite: true);
        var run = Native.RunUndisturbed(options, "nothing", begun: null, () => Native.Run(
            "usage", plain.Table.Path, Repository.Dist("libflagfabric.so"), silent, options.Usage, plain.NamesFile, options.Rounds(300).ToString()));

        var section = new Section("Counting");
        section.Row("ns per call", "not counted", "counted", "difference");
        section.Row("a function that does nothing", run["nothing"].Text(), "", "");
        Row("shared door, one flag", "hot");
        Row("the same, each call waiting for the one before", "serial");
        Row("100 flags in turn", "few");
        Row("10,000 flags in turn", "walk");
        Row("a flag that is not there", "unknown");
        Row("one flag, a thread on each CPU at once", "crowd");
        section.Note("Two copies of the library in one process, of which the second has FABRIC_USAGE empty; the cases take turns, "
            + $"10,000 calls a sample (2,000 where 10,000 names take turns), {run["nothing"].Count} rounds in which a call that does nothing was as fast as it ever is. "
            + "The last column is the median of the differences round by round. What the kernel's door counts is in the next part.");
        section.Aims.Add(new Aim("counting, shared door, one flag", 10, run.Above("hot-counting", "hot-silent").Median, "ns"));
        return section;

        void Row(string name, string what) =>
            section.Row(name, run[$"{what}-silent"].Text(), run[$"{what}-counting"].Text(), run.Above($"{what}-counting", $"{what}-silent").Text());
    }
}
