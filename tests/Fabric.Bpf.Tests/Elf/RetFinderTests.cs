using Fabric.Bpf.Elf;

namespace Fabric.Bpf.Tests.Elf;

[Collection(nameof(Binaries))]
public sealed class RetFinderTests(Binaries binaries)
{
    [Fact]
    public void It_finds_a_return_of_the_function_itself_where_objdump_shows_one()
    {
        foreach (var (path, symbol) in new[]
        {
            (binaries.Gcc, "is_enabled"), (binaries.Gcc, "several_returns"), (binaries.Gcc, "main"),
            (binaries.Clang, "is_enabled"), (binaries.Clang, "several_returns"), (binaries.Clang, "main"),
            (binaries.Library, "is_enabled"), (binaries.Stripped, "several_returns"),
            (binaries.GoProgram, "main.isFeatureEnabled"), (binaries.GoProgram, "fmt.Fprintf"), (binaries.GoProgram, "runtime.mallocgc"),
            (binaries.Entry, "is_feature_enabled"), (binaries.Entry, "flagfabric_evaluate"),
        })
        {
            var returns = Disassembly.Of(path, symbol).Where(IsReturn).Select(static shown => shown.Address).ToHashSet();
            Assert.True(returns.Contains(ReturnOf(path, symbol)), $"{symbol} of {path}: {ReturnOf(path, symbol):x} is not one of {returns.Count}");
        }
    }

    [Fact]
    public void A_function_that_ends_in_a_jump_returns_by_another_ones()
    {
        foreach (var (path, symbol) in new[] { (binaries.Gcc, "tail_call"), (binaries.Library, "tail_call"), (binaries.Gcc, "never_returns") })
        {
            Assert.DoesNotContain(Disassembly.Of(path, symbol), IsReturn);
            Assert.Contains(ReturnOf(path, symbol), Disassembly.Of(path).Where(IsReturn).Select(static shown => shown.Address));
        }
    }

    /// <summary>Every function of a program, and of libraries with much assembly: whatever is found, objdump shows a `ret` there too.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("/usr/lib/x86_64-linux-gnu/libc.so.6")]
    [InlineData("/usr/lib/x86_64-linux-gnu/libm.so.6")]
    public void Every_function_of_a_file_gets_a_return_that_objdump_shows(string library)
    {
        var path = library.Length == 0 ? binaries.GoProgram : library;
        var elf = ElfReaderTests.Open(path);
        var returns = Disassembly.Of(path).Where(IsReturn).Select(static shown => shown.Address).ToHashSet();
        var functions = ElfSymbols.Functions(elf).Where(function => elf.CodeAt(function.Address) is not null).ToList();
        Assert.True(functions.Count > 1000, $"{functions.Count}");
        Assert.All(functions, function => Assert.Contains(function.Address + (ulong)RetFinder.Delta(elf, function, function.Address, functions), returns));
    }

    [Fact]
    public void An_entry_of_ours_is_attached_at_what_the_kernel_replaces()
    {
        Assert.Equal((0, ProbeKind.Nop10), SiteOf(ProbeOptimisation.Nop10));
        Assert.Equal((10, ProbeKind.Nop5), SiteOf(ProbeOptimisation.Nop5));
        Assert.Equal((10, ProbeKind.Int3), SiteOf(ProbeOptimisation.None)); // kernels without the call refuse to probe the longer one

        (int, ProbeKind) SiteOf(ProbeOptimisation kernel)
        {
            var target = ElfReaderTests.Find(binaries.Entry, "is_feature_enabled", kernel);
            var elf = ElfReaderTests.Open(binaries.Entry);
            var function = ElfReaderTests.Symbol(elf, "is_feature_enabled");
            return ((int)(target.Offset - elf.CodeAt(function.Address)!.Value.OffsetOf(function.Address)), target.Kind);
        }
    }

    [Theory]
    [InlineData("f30f1efa", 0, ProbeKind.Int3)] // endbr64 and nothing that a kernel replaces: the symbol itself
    [InlineData("f30f1efa554889e5", 0, ProbeKind.Int3)]
    [InlineData("f30f1efa0f1f440000c3", 4, ProbeKind.Nop5)]
    [InlineData("f30f1efa662e0f1f84000000000090c3", 14, ProbeKind.Int3)] // passed over: its prefix cannot be probed
    [InlineData("f30f1efa662e0f1f8400000000000f1f440000", 14, ProbeKind.Nop5)]
    [InlineData("0f1f440000c3", 0, ProbeKind.Nop5)]
    [InlineData("0f1f4400", 0, ProbeKind.Int3)] // cut short
    [InlineData("55", 0, ProbeKind.Int3)]
    [InlineData("", 0, ProbeKind.Int3)]
    public void Only_instructions_that_do_nothing_are_passed_over(string code, int skip, ProbeKind kind) =>
        Assert.Equal(new ProbeSite(skip, kind), ProbeSite.Choose(Convert.FromHexString(code), 0x1000, ProbeOptimisation.Nop5));

    [Fact]
    public void A_no_operation_across_two_pages_is_left_to_the_trap()
    {
        Assert.Equal(new ProbeSite(0, ProbeKind.Int3), ProbeSite.Choose(Convert.FromHexString("0f1f440000c3"), 0x1ffc, ProbeOptimisation.Nop5));
        Assert.Equal(new ProbeSite(0, ProbeKind.Nop5), ProbeSite.Choose(Convert.FromHexString("0f1f440000c3"), 0x1ffb, ProbeOptimisation.Nop5));
        Assert.Equal(new ProbeSite(10, ProbeKind.Int3), ProbeSite.Choose(Convert.FromHexString("662e0f1f8400000000000f1f440000"), 0x1ffb, ProbeOptimisation.Nop10));
    }

    [Fact]
    public void A_return_a_whole_page_away_is_not_taken_since_the_kernels_program_could_not_tell_it_from_the_probe()
    {
        var image = new byte[0x3000];
        TinyElf.Write(image, codeOffset: 0x1000, codeBytes: 0x2000, functionBytes: 0x1100);
        image.AsSpan(0x1000, 0x1000).Fill(0x90);
        image[0x2000] = 0xc3; // 0x1000 after the entry
        image[0x2001] = 0xc3;
        Assert.Equal(0x1001, ElfTarget.Find(new MemoryImage(image), "f", ProbeOptimisation.None).Delta);
    }

    [Fact]
    public void A_byte_that_only_looks_like_a_return_is_not_taken()
    {
        var image = new byte[0x2000];
        TinyElf.Write(image, codeOffset: 0x1000, codeBytes: 0x100, functionBytes: 0x10);
        Convert.FromHexString("b8c3c3c3c3f3c3eb01c390c2c300").CopyTo(image, 0x1000); // mov; rep ret; jmp; ret (skipped over, and yet an instruction)
        Assert.Equal(9, ElfTarget.Find(new MemoryImage(image), "f", ProbeOptimisation.None).Delta);
        Convert.FromHexString("b8c3c3c3c3f3c3eb019090c2c300cccc").CopyTo(image, 0x1000);
        Assert.Equal(ElfProblem.NoReturn, Assert.Throws<ElfRefusedException>(() => ElfTarget.Find(new MemoryImage(image), "f", ProbeOptimisation.None)).Problem);
    }

    /// <summary>What compilers and people write, each beside what objdump makes of it.</summary>
    [Fact]
    public void A_return_is_an_instruction_of_one_byte_that_pops_nothing_else()
    {
        using var folder = new BuildFolder();
        var path = folder.Build("gcc", "returns.s", """
            .text
            .macro function name
            .globl \name
            .type \name, @function
            \name:
            .endm
            .macro end name
            .size \name, . - \name
            .endm
            function immediates # c3 in an immediate, in an offset and in an address
            endbr64; mov $0xc3c3c3c3, %eax; cmp $0xc3, %dil; jne .+0xc5; lea 0xc3(%rdi), %rax; ret
            .skip 0xd0, 0x90
            end immediates
            function pops
            test %rdi, %rdi; je 1f; ret $8; 1: ret $0xc3
            end pops
            function split # its return is in the other part
            endbr64; test %rdi, %rdi; je split.cold; jmp immediates
            end split
            .section .text.unlikely, "ax"
            .type split.cold, @function
            split.cold: xor %eax, %eax; ret
            end split.cold
            .text
            function unsized # as assembly leaves it, without an extent
            xor %eax, %eax; jmp pops
            function behind
            mov $0xc3, %al; ret
            end behind
            .globl main
            main: nop; ret
            .section .note.GNU-stack, "", @progbits
            """, "", "returns");
        var returns = Disassembly.Of(path).Where(IsReturn).Select(static shown => shown.Address).ToHashSet();
        foreach (var (symbol, lender) in new[] { ("immediates", "immediates"), ("pops", null), ("split", null), ("unsized", null), ("behind", "behind"), ("main", "main") })
        {
            var at = ReturnOf(path, symbol);
            Assert.Contains(at, returns);
            if (lender is not null)
                Assert.Contains(at, Disassembly.Of(path, lender).Select(static shown => shown.Address));
        }
    }

    [Fact]
    public void A_function_without_an_extent_ends_where_the_next_symbol_begins()
    {
        var image = new byte[0x2000];
        TinyElf.Write(image, codeOffset: 0x1000, codeBytes: 0x100, functionBytes: 0);
        Assert.Equal(0x20, Extent(image, next: 0x1020));
        Assert.Equal(0x100, Extent(image, next: 0x1000)); // another name for the same function
        Assert.Equal(0x100, Extent(image, next: 0x3000));

        static int Extent(byte[] image, int next)
        {
            TinyElf.AddSymbol(image, next, bytes: 0);
            var elf = ElfFile.Read(new MemoryImage(image));
            return (int)(ElfSymbols.NextAfter(elf, elf.CodeAt(0x1000)!.Value, 0x1000) - 0x1000);
        }
    }

    [Theory]
    [InlineData(0x7fff_f000L, true)]
    [InlineData(0x8000_0100L, false)]
    public void A_return_farther_than_a_cookie_can_say_is_not_taken(long distance, bool taken)
    {
        var head = new byte[0x2000];
        TinyElf.Write(head, codeOffset: 0x1000, codeBytes: 0xc000_0000, functionBytes: 2);
        Convert.FromHexString("ebfe").CopyTo(head, 0x1000); // a jump to itself
        TinyElf.AddSymbol(head, 0x1000 + distance, bytes: 0x10);
        var image = new SparseImage(head, Length: 0xd000_0000, At: 0x1000 + distance + 2, [0xc3]);
        if (taken)
            Assert.Equal(distance + 2, ElfTarget.Find(image, "f", ProbeOptimisation.None).Delta);
        else
            Assert.Equal(ElfProblem.NoReturn, Assert.Throws<ElfRefusedException>(() => ElfTarget.Find(image, "f", ProbeOptimisation.None)).Problem);
    }

    private static bool IsReturn(Shown shown) => shown is { Bytes: [0xc3] };

    private static ulong ReturnOf(string path, string symbol)
    {
        var elf = ElfReaderTests.Open(path);
        var function = ElfReaderTests.Symbol(elf, symbol);
        return function.Address + (ulong)RetFinder.Delta(elf, function, function.Address, ElfSymbols.Functions(elf));
    }
}
