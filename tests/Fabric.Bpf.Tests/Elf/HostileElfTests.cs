using System.Buffers.Binary;
using Fabric.Bpf.Elf;

namespace Fabric.Bpf.Tests.Elf;

/// <summary>Files that lie in ways that somebody thought of; those that nobody did are <see cref="ElfFuzzTests"/>'s.</summary>
[Collection(nameof(Binaries))]
public sealed class HostileElfTests(Binaries binaries)
{
    private const uint Form = 0xffff_fff1;

    /// <summary>Where the parts of what <see cref="GoFormTests.Program"/> makes are.</summary>
    private const int Table = 0x1040;
    private const int Functions = 72 + 32;

    [Fact]
    public void A_file_cut_off_anywhere_is_read_or_refused()
    {
        var whole = File.ReadAllBytes(binaries.Stripped);
        for (var length = 0; length < whole.Length; length += length < 1024 ? 1 : 37)
            _ = Outcome(new MemoryImage(whole.AsMemory(0, length)), "tail_call");
    }

    /// <summary>A file that claims tables of gigabytes, which a sparse file may even have.</summary>
    [Fact]
    public void Sizes_in_the_file_decide_neither_memory_nor_time()
    {
        const long Large = ElfFile.MaxFileBytes / 2;
        var head = new byte[0x1100];
        TinyElf.Write(head, codeOffset: 0x1000, codeBytes: 0x100, functionBytes: 0x40);
        foreach (var (at, value) in new[] { (96, Large), (256 + 64 + 32, Large), (256 + 128 + 32, Large), (528, long.MaxValue) })
        {
            var changed = (byte[])head.Clone();
            BinaryPrimitives.WriteInt64LittleEndian(changed.AsSpan(at), value);
            var image = new MeteredImage(new SparseImage(changed, ElfFile.MaxFileBytes));
            var before = GC.GetAllocatedBytesForCurrentThread();
            _ = Outcome(image, "f");
            Assert.InRange(image.Reads, 1, 100_000);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        }
    }

    /// <summary>Sections cost 64 bytes each, and may all claim the same bytes of the file.</summary>
    [Theory]
    [InlineData(2u)]
    [InlineData(11u)]
    [InlineData(4u)]
    [InlineData(6u)]
    [InlineData(7u)]
    public void Tables_upon_each_other_are_not_all_read(uint type)
    {
        const int Many = 16_000;
        var program = GoFormTests.Program(Form, GoFormTests.Says.InTheTable, out _);
        var (table, count) = ((int)BinaryPrimitives.ReadInt64LittleEndian(program.AsSpan(40)), BinaryPrimitives.ReadUInt16LittleEndian(program.AsSpan(60)));
        var image = new byte[table + 64 * Many + (1 << 20)];
        program.CopyTo(image, 0);
        for (var i = count; i < Many; i++)
        {
            var section = image.AsSpan(table + 64 * i);
            BinaryPrimitives.WriteUInt32LittleEndian(section[4..], type);
            BinaryPrimitives.WriteInt64LittleEndian(section[16..], 1);
            BinaryPrimitives.WriteInt64LittleEndian(section[24..], table + 64 * Many);
            BinaryPrimitives.WriteInt64LittleEndian(section[32..], 1 << 20);
            BinaryPrimitives.WriteInt32LittleEndian(section[40..], count - 1); // the names of the sections
        }

        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(60), Many);
        foreach (var symbol in new[] { "main.f", "f", "no_such_function" })
        {
            var metered = new MeteredImage(new MemoryImage(image));
            _ = Outcome(metered, symbol);
            Assert.InRange(metered.Bytes, 1, 64L << 20);
        }
    }

    [Fact]
    public void A_file_beyond_the_limit_is_refused()
    {
        var head = new byte[0x1100];
        TinyElf.Write(head, codeOffset: 0x1000, codeBytes: 0x100, functionBytes: 0x40);
        Assert.Equal(ElfProblem.TooLarge, Outcome(new SparseImage(head, ElfFile.MaxFileBytes + 1), "f"));
    }

    [Theory]
    [InlineData(8, long.MaxValue, ElfProblem.TooLarge)] // more functions than there are
    [InlineData(8, 1L << 20, ElfProblem.Broken)]
    [InlineData(8, 0, ElfProblem.NoSymbol)]
    [InlineData(32, long.MaxValue, ElfProblem.Broken)] // names outside of the table
    [InlineData(32, 1L << 20, ElfProblem.Broken)]
    [InlineData(32, Functions + 1, ElfProblem.Broken)] // names behind the functions
    [InlineData(64, -1, ElfProblem.Broken)] // functions outside of the table
    [InlineData(64, 1L << 20, ElfProblem.Broken)]
    [InlineData(24, 0, ElfProblem.Broken)] // code that begins nowhere
    [InlineData(24, 1L << 40, ElfProblem.NoSymbol)] // and in no segment
    [InlineData(Functions, 0x7fff_ffff_0000_0000, ElfProblem.Broken)] // a function described outside of the table
    [InlineData(Functions, 0x0000_0020_0000_0010, ElfProblem.NoSymbol)] // a function without bytes
    [InlineData(Functions, 0x0000_0020_ffff_fff0, ElfProblem.NoSymbol)] // the first function as the last
    internal void A_table_of_Gos_functions_that_cannot_be_is_refused(int at, long value, ElfProblem problem)
    {
        var program = GoFormTests.Program(Form, GoFormTests.Says.InTheTable, out _);
        Assert.Null(Outcome(new MemoryImage(program), "main.f"));
        BinaryPrimitives.WriteInt64LittleEndian(program.AsSpan(Table + at), value);
        Assert.Equal(problem, Outcome(new MemoryImage(program), "main.f"));
    }

    [Fact]
    public void Two_functions_of_one_name_in_Gos_table_are_not_chosen_between()
    {
        var program = GoFormTests.Program(Form, GoFormTests.Says.InTheTable, out _);
        // C's takes the name of Go's.
        BinaryPrimitives.WriteInt32LittleEndian(program.AsSpan(Table + Functions + 4 * 8 + 2 * 56 + 4), 0);
        Assert.Equal(ElfProblem.Ambiguous, Outcome(new MemoryImage(program), "main.f"));
    }

    private static ElfProblem? Outcome(IImage image, string symbol) =>
        new Seed("", [], []).Find(image, symbol, ProbeOptimisation.None);
}
