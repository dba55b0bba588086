using System.Diagnostics;
using Fabric.Bench.Report;
using Fabric.Bench.Running;

namespace Fabric.Bench.Parts;

/// <summary>How much of its limit of a million instructions the kernel's verifier goes through for each program.</summary>
internal static class Verifier
{
    internal static Section Run(Options options)
    {
        var section = new Section("The kernel's verifier");
        if (options.Pins is null)
        {
            section.Note("Not measured: that needs the rights to load BPF programs.");
            return section;
        }

        section.Row("program of fabric.bpf.o", "instructions verified");
        foreach (var (name, result) in Verify())
            section.Row(name, result);
        section.Note("What bpf_prog_info says of each program (verified_insns), loaded as the node does over a table of the usual size. "
            + "The kernel refuses a program beyond 1,000,000; these figures do not depend on the machine's pace, but on the kernel's version.");
        return section;
    }

    /// <summary>Lines of `verified NAME [may_override] COUNT` or `refused NAME [may_override] WHY`: see tests/native/verify.c.</summary>
    private static List<(string Name, string Result)> Verify()
    {
        var start = new ProcessStartInfo(Repository.Native("verify"), [Repository.Dist("fabric.bpf.o")]) { RedirectStandardOutput = true };
        start.Environment["FABRIC_VERIFY_OVERRIDE"] = "1";
        using var process = Process.Start(start)!;
        var programs = new List<(string, string)>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            const string Override = "may_override ";
            var words = line.Split(' ', 3);
            var overrides = words[2].StartsWith(Override, StringComparison.Ordinal);
            var rest = overrides ? words[2][Override.Length..] : words[2];
            programs.Add((
                overrides ? $"{words[1]}, may_override 1" : words[1],
                words[0] == "verified" ? $"{int.Parse(rest):N0}" : $"refused: {rest}"));
        }

        process.WaitForExit();
        return programs.Count > 0 ? programs : throw new InvalidOperationException($"verify ended with {process.ExitCode} and named no program");
    }
}
