using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Fabric.Bench.Report;
using Fabric.Bench.Running;
using Fabric.Bpf.Table;

namespace Fabric.Bench.Parts;

/// <summary>Writing one flag into a table that holds few flags or many.</summary>
[SuppressMessage("Security", "CA5394", Justification = "A seeded sequence makes runs alike.")]
internal static class Writes
{
    private const int Few = 10;
    private const int Many = 10_000;

    internal static Section Run(Options options)
    {
        var cases = new List<Case>();
        try
        {
            foreach (var folder in new[] { options.Pins, options.Work }.OfType<string>())
            {
                foreach (var count in new[] { Few, Many })
                    cases.Add(new Case(BenchTable.Create(options, folder, $"writes-{count}", BenchTable.Named(count, Definitions.On))));
            }

            var rounds = options.Rounds(4000);
            for (var i = 0; i < rounds + rounds / 4; i++)
            {
                foreach (var one in cases)
                    one.Round(counts: i >= rounds / 4);
            }

            return Describe(cases);
        }
        finally
        {
            cases.ForEach(static one => one.Table.Dispose());
        }
    }

    private static Section Describe(List<Case> cases)
    {
        var section = new Section("Writing one flag");
        section.Row("µs per write", "10 flags", "10,000 flags", "10,000 ÷ 10");
        foreach (var pair in cases.Chunk(2))
        {
            var name = pair[0].Table.Table.Kind == TableKind.Bpf ? "BPF array" : "file";
            Row($"the table ({name}), one flag again and again", static one => one.Same);
            Row($"the table ({name}), any flag", static one => one.Any);
            Row("the node's set of flags, any flag", static one => one.Set);

            void Row(string what, Func<Case, List<double>> times)
            {
                var (few, many) = (new Samples(times(pair[0])), new Samples(times(pair[1])));
                section.Row(what, few.Text(2), many.Text(2), $"{many.Median / few.Median:F2}");
            }
        }

        var files = cases.Where(static one => one.Table.Table.Kind == TableKind.File).Select(static one => one.CountStores()).ToArray();
        section.Row("words of eight bytes changed in the table", files[0].Words.ToString(), files[1].Words.ToString(), "");
        section.Row("cache lines changed in the table", files[0].Lines.ToString(), files[1].Lines.ToString(), "");
        section.Note("A flag is turned on or off: IFlagTable.Apply for the table, FlagSet.Apply for the set that the node keeps beside it. "
            + $"All tables have room for 16,384 flags and take turns, {cases[0].Set.Count} writes of each kind. "
            + "Changed words and lines are counted by comparing the file before and after one write: they do not depend on how many flags there are. "
            + "Any flag out of 10,000 takes longer than any out of 10 where its bytes are not in the processor's caches; the set is a balanced tree.");
        return section;
    }

    private sealed class Case(BenchTable table)
    {
        private readonly string[] _names = [.. table.Flags.Flags.Keys];
        private readonly Random _random = new(1);
        private int _turn;

        internal BenchTable Table { get; } = table;

        internal List<double> Same { get; } = [];

        internal List<double> Any { get; } = [];

        internal List<double> Set { get; } = [];

        internal void Round(bool counts)
        {
            var (_, same) = Write(_names[0]);
            var (set, any) = Write(_names[_random.Next(_names.Length)]);
            if (!counts)
                return;
            Same.Add(same);
            Any.Add(any);
            Set.Add(set);
        }

        internal (int Words, int Lines) CountStores()
        {
            // The flag's two versions have both been written before, as in a fabric that has run for a while.
            for (var i = 0; i < 4; i++)
                Write(_names[0]);
            var before = File.ReadAllBytes(Table.Table.Path);
            Write(_names[0]);
            var after = File.ReadAllBytes(Table.Table.Path);
            return (Changed(8), Changed(64));

            int Changed(int size) => Enumerable.Range(0, before.Length / size)
                .Count(i => !before.AsSpan(i * size, size).SequenceEqual(after.AsSpan(i * size, size)));
        }

        /// <summary>Turns a flag; how many µs the set of flags and the table took.</summary>
        private (double Set, double Table) Write(string key)
        {
            var begun = Stopwatch.GetTimestamp();
            var flags = Table.Turned(key, on: (_turn++ & 1) != 0);
            var set = Stopwatch.GetElapsedTime(begun);
            begun = Stopwatch.GetTimestamp();
            Table.Table.Apply(flags.Revision, flags, [key]);
            return (set.TotalMicroseconds, Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
        }
    }
}
