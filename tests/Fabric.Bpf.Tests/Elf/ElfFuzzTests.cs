using System.Diagnostics;
using System.Globalization;
using Fabric.Bpf.Elf;

namespace Fabric.Bpf.Tests.Elf;

/// <summary>
/// Changed files of every kind that is read: each is taken or refused with place and reason, after few reads and with
/// little memory. `FABRIC_SEED` repeats a run, `FABRIC_ELF_FUZZ_SECONDS` makes it last longer.
/// </summary>
public sealed class ElfFuzzTests : IClassFixture<Seeds>
{
    private const int Inputs = 120_000;

    /// <summary>Bytes that are read of a file at most, for each of its own; a table may be gone through for several reasons.</summary>
    private const int MaxTimesRead = 64;
    private const long MaxBytesRead = 64L << 20;
    private const long MaxReads = 1_000_000;
    private const long MaxAllocated = 64L << 20;

    private readonly Seeds _seeds;
    private readonly ITestOutputHelper _output;

    public ElfFuzzTests(Seeds seeds, ITestOutputHelper output)
    {
        _seeds = seeds;
        _output = output;
    }

    [Fact]
    public void Whatever_a_file_says_it_is_read_or_refused()
    {
        var seed = Variable("FABRIC_SEED") ?? Environment.TickCount;
        var seconds = Variable("FABRIC_ELF_FUZZ_SECONDS");
        _output.WriteLine($"seed {seed}");
        var clock = Stopwatch.StartNew();
        var runs = _seeds.All.Select(static original => (Original: original, Mutator: new Mutator(original.Bytes), Tally: new Tally(original.Name))).ToArray();
        do
        {
            // Every input has a number of its own, and comes again from it alone.
            Parallel.ForEach(runs, run =>
            {
                for (var i = 0; i < Inputs / runs.Length; i++)
                    Try(run.Original, run.Mutator, seed, run.Tally);
            });
        }
        while (clock.Elapsed.TotalSeconds < seconds);

        foreach (var run in runs)
            _output.WriteLine(run.Tally.ToString());
        _output.WriteLine($"{runs.Sum(static run => run.Tally.Count)} inputs in {clock.Elapsed.TotalSeconds:f0} s");
        Assert.All(runs, static run => Assert.InRange(run.Tally.Sound, 1, run.Tally.Count - 1));
    }

    private static void Try(Seed original, Mutator mutator, int seed, Tally tally)
    {
        var number = tally.Count;
        var random = new Random(unchecked(seed * 1_000_003 + number));
        var image = new MeteredImage(new MemoryImage(mutator.Next(random)));
        var symbol = original.Symbols[random.Next(original.Symbols.Count)];
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            tally.Add(original.Find(image, symbol, (ProbeOptimisation)random.Next(3)));
        }
        catch (Exception unexpected)
        {
            throw new InvalidOperationException($"seed {seed}, {original.Name}, input {number}, {symbol}", unexpected);
        }

        tally.Add(image, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(
            image.Bytes <= MaxBytesRead + MaxTimesRead * image.Length && image.Reads <= MaxReads && tally.LastAllocated <= MaxAllocated,
            $"seed {seed}, {original.Name}, input {number}, {symbol}: {image.Reads} reads of {image.Bytes} bytes, {tally.LastAllocated} bytes allocated");
    }

    private static int? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private sealed class Tally(string name)
    {
        private readonly SortedDictionary<string, int> _problems = new(StringComparer.Ordinal);
        private long _reads;
        private long _bytes;
        private long _allocated;

        internal int Count { get; private set; }

        internal int Sound { get; private set; }

        internal long LastAllocated { get; private set; }

        internal void Add(ElfProblem? problem)
        {
            Count++;
            if (problem is null)
                Sound++;
            else
                _problems[$"{problem}"] = _problems.GetValueOrDefault($"{problem}") + 1;
        }

        internal void Add(MeteredImage image, long allocated)
        {
            LastAllocated = allocated;
            (_reads, _bytes, _allocated) = (Math.Max(_reads, image.Reads), Math.Max(_bytes, image.Bytes), Math.Max(_allocated, allocated));
        }

        public override string ToString() =>
            $"{name}: {Sound} of {Count} sound, {string.Join(", ", _problems.Select(static one => $"{one.Value} {one.Key}"))}; at most {_reads} reads of {_bytes / 1024} KiB, {_allocated / 1024} KiB allocated";
    }
}
