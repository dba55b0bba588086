using Fabric.Bench.Report;
using Fabric.Bench.Running;

namespace Fabric.Bench.Parts;

/// <summary>The kernel's decision beside a probe that does nothing.</summary>
internal static class Probe
{
    private const int Flags = 10_000;

    internal static Section Run(Options options)
    {
        var section = new Section("The kernel's decision");
        if (options.Pins is not { } pins)
        {
            section.Note("Not measured: that needs the rights to load BPF programs.");
            return section;
        }

        using var plain = BenchTable.Create(options, pins, "probe-plain", BenchTable.Named(Flags, Definitions.On));
        using var rollout = BenchTable.Create(options, pins, "probe-rollout", BenchTable.Named(Flags, Definitions.Rollout));
        var run = Native.RunUndisturbed(options, "unprobed", begun: null, () => Native.Run(
            "probe", plain.Table.Path, Repository.Dist("fabric.bpf.o"), plain.Table.Path, plain.NamesFile,
            rollout.Table.Path, rollout.NamesFile, options.Rounds(300).ToString()));

        section.Row("ns per call", "the whole call", "above the empty probe");
        section.Row("no probe", run["unprobed"].Text(), "");
        section.Row("empty probe", run["empty"].Text(), "");
        Row("decision, plain flag", "plain", "empty");
        Row("decision, 25 % rollout", "rollout", "empty");
        Row("decision, a flag that is not there", "unknown", "empty");
        Row("the same, counted: plain flag", "counting", "empty");
        Row("the same, counted: a flag that is not there", "counting-unknown", "empty");
        section.Row("empty probe, 10,000 names in turn", run["walk-empty"].Text(), "");
        Row("decision, 10,000 plain flags in turn", "walk-plain", "walk-empty");
        Row("the same, counted", "walk-counting", "walk-empty");
        Row("decision, 10,000 rollouts in turn", "walk-rollout", "walk-empty");

        section.Note("`override_flag` of bpf/, loaded with may_override 0: this is the same program but for the two stores at its end, which this way every kernel takes. "
            + "Attached by uprobe.multi links to functions that begin as libflagfabric's entries do and then return; all stay attached and take turns in one process, "
            + $"1,000 calls a sample, {run["empty"].Count} rounds, in which a call without a probe was as fast as it ever is. "
            + "The last column is the median of the differences round by round. Tables with 10,000 flags, keys of 11 bytes.");
        section.Note($"Checked before the measurement, the nanoseconds by the kernel's own statistics: {string.Join("; ", run.Notes)}.");
        section.Aims.Add(new Aim("kernel's decision above the empty probe, plain flag", 130, run.Above("plain", "empty").Median, "ns"));
        section.Aims.Add(new Aim("counting in the kernel, plain flag", 10, run.Above("counting", "plain").Median, "ns"));
        return section;

        void Row(string name, string of, string empty) => section.Row(name, run[of].Text(), run.Above(of, empty).Text());
    }
}
