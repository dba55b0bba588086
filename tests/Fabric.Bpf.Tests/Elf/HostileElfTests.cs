using System.Buffers.Binary;
using System.Diagnostics;
using Fabric.Bpf.Elf;

namespace Fabric.Bpf.Tests.Elf;

/// <summary>Files that lie: each is read or refused, soon, and with little memory.</summary>
[Collection(nameof(Binaries))]
public sealed class HostileElfTests(Binaries binaries, ITestOutputHelper output)
{
    private const int Mutations = 30_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    [Fact]
    public void Mutated_files_are_read_or_refused()
    {
        var seed = Environment.GetEnvironmentVariable("FABRIC_SEED") is { Length: > 0 } given ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture) : Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var tiny = new byte[0x1100];
        TinyElf.Write(tiny, codeOffset: 0x1000, codeBytes: 0x100, functionBytes: 0x40);
        (byte[] Bytes, string Symbol)[] originals =
        [
            (File.ReadAllBytes(binaries.Gcc), "several_returns"),
            (File.ReadAllBytes(binaries.Stripped), "tail_call"),
            (File.ReadAllBytes(binaries.Entry), "is_feature_enabled"),
            (tiny, "f"),
        ];
        var (sound, slowest) = (0, TimeSpan.Zero);
        var before = GC.GetTotalAllocatedBytes();
        for (var i = 0; i < Mutations; i++)
        {
            var (bytes, symbol) = originals[i % originals.Length];
            var mutated = Mutate(bytes, random);
            var clock = Stopwatch.StartNew();
            sound += IsSound(mutated, symbol, (ProbeOptimisation)(i % 3), $"seed {seed}, mutation {i}") ? 1 : 0;
            slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
        }

        output.WriteLine($"{sound} of {Mutations} still sound, slowest {slowest.TotalMilliseconds:f1} ms, {(GC.GetTotalAllocatedBytes() - before) / Mutations} bytes allocated each");
        Assert.InRange(sound, 1, Mutations - 1);
        Assert.True(slowest < Longest, $"seed {seed}: one took {slowest}");
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_read_or_refused()
    {
        var whole = File.ReadAllBytes(binaries.Stripped);
        for (var length = 0; length < whole.Length; length += length < 1024 ? 1 : 37)
            IsSound(whole[..length], "tail_call", ProbeOptimisation.None, $"cut at {length}");
    }

    /// <summary>A file that claims tables of terabytes, which a sparse file may even have.</summary>
    [Fact]
    public void Sizes_in_the_file_decide_neither_memory_nor_time()
    {
        var head = new byte[0x1100];
        TinyElf.Write(head, codeOffset: 0x1000, codeBytes: 0x100, functionBytes: 0x40);
        var image = new SparseImage(head, ElfFile.MaxFileBytes);
        foreach (var (at, value) in new[] { (96, ElfFile.MaxFileBytes / 2), (256 + 64 + 32, ElfFile.MaxFileBytes / 2), (256 + 128 + 32, ElfFile.MaxFileBytes / 2), (528, long.MaxValue) })
        {
            var changed = (byte[])head.Clone();
            BinaryPrimitives.WriteInt64LittleEndian(changed.AsSpan(at), value);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var clock = Stopwatch.StartNew();
            _ = Outcome(image with { Head = changed }, "f", ProbeOptimisation.None);
            Assert.True(clock.Elapsed < Longest, $"{at}: {clock.Elapsed}");
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = (byte[])original.Clone();
        for (var count = random.Next(1, 9); count > 0; count--)
        {
            // Half of the changes hit the headers, where most decisions are.
            var at = random.Next(2) == 0 ? random.Next(Math.Min(bytes.Length, 1024)) : random.Next(2) == 0 ? bytes.Length - 1 - random.Next(Math.Min(bytes.Length, 2048)) : random.Next(bytes.Length);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2 when at <= bytes.Length - 8:
                    BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), Interesting(random, bytes.Length));
                    break;
                default:
                    random.NextBytes(bytes.AsSpan(at, Math.Min(bytes.Length - at, random.Next(1, 33))));
                    break;
            }
        }

        return random.Next(8) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private static long Interesting(Random random, int length) => random.Next(8) switch
    {
        0 => 0,
        1 => -1,
        2 => long.MaxValue,
        3 => long.MinValue,
        4 => length,
        5 => length - random.Next(100),
        6 => uint.MaxValue,
        _ => random.NextInt64(),
    };

    private static bool IsSound(byte[] bytes, string symbol, ProbeOptimisation kernel, string which)
    {
        try
        {
            return Outcome(new MemoryImage(bytes), symbol, kernel);
        }
        catch (Exception unexpected)
        {
            throw new InvalidOperationException(which, unexpected);
        }
    }

    internal static bool Outcome(IImage image, string symbol, ProbeOptimisation kernel)
    {
        try
        {
            var target = ElfTarget.Find(image, symbol, kernel);
            Assert.InRange(target.Offset, 0, image.Length - 1);
            Assert.InRange(target.Offset + target.Delta, 0, image.Length - 1);
            Span<byte> found = stackalloc byte[1];
            Assert.True(image.TryRead(target.Offset + target.Delta, found));
            Assert.Equal(0xc3, found[0]);
            return true;
        }
        catch (ElfRefusedException refused)
        {
            Assert.NotEmpty(refused.Message);
            return false;
        }
    }
}
