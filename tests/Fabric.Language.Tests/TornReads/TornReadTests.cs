using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Fabric.Bpf.Table;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;
using Fabric.Language.Tests.Differential;
using Fabric.Tests.Shared;

namespace Fabric.Language.Tests.TornReads;

/// <summary>Flags that change together are never seen in parts: not by other processes, not in the kernel.</summary>
public sealed class TornReadTests
{
    private const int Readers = 8;
    private const long Reads = 10_000_000;

    /// <summary>That each reader sees at least: one that sleeps while others write proves nothing.</summary>
    private const long Revisions = 1000;

    private const int NameBytes = 64;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    private static readonly string[] Keys = ["pair-a", "pair-b", "needs", "steady"];

    [Theory]
    [InlineData(TableKind.File)]
    [InlineData(TableKind.Bpf)]
    public void Processes_see_a_change_set_whole_or_not_at_all(TableKind kind)
    {
        Assert.SkipWhen(kind == TableKind.Bpf && KernelObject.WhyNot is not null, KernelObject.WhyNot ?? "");
        var counts = Read(kind, Readers, Reads / Readers);
        Assert.True(counts.Sum(static count => count[0]) >= Reads);
        Assert.All(counts, static count => Assert.Equal(0, count[1]));
        Assert.All(counts, static count => Assert.True(count[2] >= Revisions, $"a reader saw {count[2]} revisions"));
    }

    [Fact]
    public void Flags_that_are_asked_one_after_the_other_do_show_parts_of_change_sets()
    {
        // What the test above would find if a call that asks for all of them asked for one after the other.
        var counts = Read(TableKind.File, 1, Reads / Readers, "apart");
        Assert.True(counts[0][1] > 0);
    }

    [Theory]
    [InlineData("pair-a", "pair-b")]
    [InlineData("needs", "steady")]
    public async Task Programs_in_the_kernel_see_a_change_set_whole_or_not_at_all(string first, string second)
    {
        Assert.SkipWhen(KernelObject.WhyNot is not null, KernelObject.WhyNot ?? "");
        using var table = new TestTable(TableKind.Bpf);
        using var programs = new KernelObject((BpfTableMemory)table.Table.Memory);
        var writer = new Writer(table.Table);
        writer.Flip();
        var reading = Task.Factory.StartNew(
            () => ReadPairs(programs, first, second), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (!reading.IsCompleted)
            writer.Flip();

        var (reads, torn) = await reading;
        TestContext.Current.TestOutputHelper!.WriteLine($"{reads} reads in the kernel over {writer.Revision} change sets");
        Assert.True(reads >= Reads / 2);
        Assert.Equal(0, torn);
        Assert.True(writer.Revision > 1000, $"only {writer.Revision} change sets were written meanwhile");
    }

    /// <summary>Of each reader how many reads stood, how many were torn, and how many revisions it saw.</summary>
    private static long[][] Read(TableKind kind, int count, long reads, params string[] how)
    {
        using var table = new TestTable(kind);
        var writer = new Writer(table.Table);
        writer.Flip();
        var readers = Enumerable.Range(0, count).Select(_ => Start(table.Table.Path, reads, how)).ToArray();
        var since = Stopwatch.StartNew();
        while (!Array.TrueForAll(readers, static reader => reader.HasExited) && since.Elapsed < Deadline)
            writer.Flip();

        var counts = readers.Select(CountsOf).ToArray();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{counts.Sum(static count => count[0])} reads of {count} processes over {writer.Revision} change sets, of which each saw {string.Join(", ", counts.Select(static count => count[2]))}; {counts.Sum(static count => count[1])} torn");
        return counts;
    }

    private static Process Start(string table, long reads, string[] how)
    {
        string[] arguments = [reads.ToString(CultureInfo.InvariantCulture), Revisions.ToString(CultureInfo.InvariantCulture), .. how];
        var start = new ProcessStartInfo(RepositoryRoot.Built("tests", "native", "out", "pairs"), arguments) { RedirectStandardOutput = true };
        start.Environment["FABRIC_TABLE"] = table;
        return Process.Start(start)!;
    }

    private static long[] CountsOf(Process reader)
    {
        using (reader)
        {
            if (!reader.WaitForExit(1000))
                reader.Kill();
            return [.. reader.StandardOutput.ReadToEnd().Split(' ').Select(static number => long.Parse(number, CultureInfo.InvariantCulture))];
        }
    }

    private static unsafe (long Reads, long Torn) ReadPairs(KernelObject programs, string first, string second)
    {
        var names = new Names();
        names.Lengths[0] = (uint)Encoding.UTF8.GetBytes(first, new Span<byte>(names.Text, NameBytes));
        names.Lengths[1] = (uint)Encoding.UTF8.GetBytes(second, new Span<byte>(names.Text + NameBytes, NameBytes));
        var program = programs.Program("read_pairs");
        var (reads, torn, since) = (0L, 0L, Stopwatch.StartNew());
        while (reads < Reads / 2 && since.Elapsed < Deadline)
        {
            var pairs = new Pairs { Names = (ulong)&names, Rounds = 50_000 };
            KernelObject.Run(program, &pairs);
            reads += (long)pairs.Reads;
            torn += (long)pairs.Torn;
        }

        return (reads, torn);
    }

    /// <summary>Puts all four flags in each change set, in two ways in turn.</summary>
    private sealed class Writer(FlagTable table)
    {
        private static readonly FlagDefinition[] Plain = [Boolean(false), Boolean(true)];
        private static readonly FlagDefinition[] Needing = [Needs("off"), Needs("on")];

        internal long Revision { get; private set; }

        internal void Flip()
        {
            Revision++;
            var way = (int)(Revision & 1);
            var definitions = new[] { Plain[way], Plain[way], Needing[way], Plain[1] };
            table.Apply(Revision, FlagSet.Restore(Revision, Keys.Zip(definitions, (key, definition) => new Flag(key, Revision, definition))), Keys);
        }

        private static FlagDefinition Boolean(bool on) => TestTable.Parse(
            $$"""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"{{(on ? "on" : "off")}}"}""");

        private static FlagDefinition Needs(string variant) => TestTable.Parse(
            $$"""
            {"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on","offVariant":"off",
             "prerequisites":[{"flag":"pair-b","variant":"{{variant}}"}]}
            """);
    }

    /// <summary>struct two_names.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Names
    {
        public fixed byte Text[2 * NameBytes];
        public fixed uint Lengths[2];
    }

    /// <summary>struct pairs.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Pairs
    {
        public ulong Names;
        public ulong Rounds;
        public ulong Reads;
        public ulong Torn;
    }
}
