using System.Buffers.Binary;
using Fabric.Bpf.Elf;
using Fabric.Tests.Shared;

namespace Fabric.Bpf.Tests.Elf;

[Collection(nameof(Binaries))]
public sealed class ElfReaderTests(Binaries binaries, ITestOutputHelper output)
{
    [Fact]
    public void A_symbol_lies_where_nm_says()
    {
        foreach (var (path, symbol) in new[]
        {
            (binaries.Gcc, "is_enabled"), (binaries.Clang, "several_returns"), (binaries.Library, "tail_call"), (binaries.GoProgram, "main.isFeatureEnabled"),
        })
        {
            var line = Binaries.Run("nm", path).Split('\n').Single(line => line.EndsWith($" {symbol}", StringComparison.Ordinal));
            var elf = Open(path);
            Assert.Equal(Convert.ToUInt64(line.Split(' ')[0], 16), Symbol(elf, symbol).Address);
        }
    }

    [Fact]
    public void A_stripped_library_is_read_by_its_dynamic_symbols()
    {
        var line = Binaries.Run("nm", $"-D {binaries.Stripped}").Split('\n').Single(static line => line.EndsWith(" is_enabled", StringComparison.Ordinal));
        Assert.Equal(Convert.ToUInt64(line.Split(' ')[0], 16), Symbol(Open(binaries.Stripped), "is_enabled").Address);
    }

    [Fact]
    public void The_bytes_at_a_symbols_offset_are_those_that_objdump_shows()
    {
        foreach (var path in new[] { binaries.Gcc, binaries.Library, binaries.GoProgram })
        {
            var symbol = path == binaries.GoProgram ? "main.isFeatureEnabled" : "is_enabled";
            var elf = Open(path);
            var function = Symbol(elf, symbol);
            var shown = Disassembly.Of(path, symbol)[0];
            var bytes = new byte[shown.Bytes.Length];
            Assert.True(elf.Image.TryRead(elf.CodeAt(function.Address)!.Value.OffsetOf(function.Address), bytes));
            Assert.Equal(shown.Bytes, bytes);
        }
    }

    [Fact]
    public void A_build_id_is_the_one_that_readelf_shows()
    {
        foreach (var path in new[] { binaries.Gcc, binaries.Clang, binaries.Stripped })
        {
            var line = Binaries.Run("readelf", $"-n {path}").Split('\n').Single(static line => line.Contains("Build ID:", StringComparison.Ordinal));
            Assert.Equal(line.Split(':')[1].Trim(), ElfIdentity.BuildId(Open(path)));
        }
    }

    [Fact]
    public void Go_is_told_from_C()
    {
        Assert.True(ElfIdentity.IsGo(Open(binaries.GoProgram)));
        Assert.Equal(Binaries.Run("go", $"version {binaries.GoProgram}").Split(':')[1].Trim(), ElfIdentity.GoVersion(Open(binaries.GoProgram)));
        Assert.Equal(Binaries.Run("go", $"tool buildid {binaries.GoProgram}").Trim(), ElfIdentity.BuildId(Open(binaries.GoProgram)));
        Assert.False(ElfIdentity.IsGo(Open(binaries.Gcc)));
        Assert.True(Find(binaries.GoProgram, "main.isFeatureEnabled").IsGo);
        Assert.False(Find(binaries.Clang, "is_enabled").IsGo);
    }

    [Fact]
    public void A_function_of_assembly_in_a_Go_program_is_refused()
    {
        var name = Binaries.Run("nm", binaries.GoProgram).Split('\n').First(static line => line.EndsWith(".abi0", StringComparison.Ordinal) && line.Contains(" T ", StringComparison.OrdinalIgnoreCase)).Split(' ')[^1];
        Assert.Equal(ElfProblem.NotCode, Refusal(binaries.GoProgram, name));
    }

    [Theory]
    [InlineData("no_such_function", ElfProblem.NoSymbol)]
    [InlineData("", ElfProblem.NoSymbol)]
    [InlineData("enabled", ElfProblem.NoSymbol)] // the end of a name is not the name
    [InlineData("is_enabledx", ElfProblem.NoSymbol)]
    [InlineData("calls", ElfProblem.NoSymbol)] // a variable
    [InlineData("strlen", ElfProblem.Imported)]
    internal void A_name_that_is_no_function_of_the_file_is_refused(string symbol, ElfProblem problem)
    {
        Assert.Equal(problem, Refusal(binaries.Gcc, symbol));
        Assert.Equal(problem, Refusal(binaries.Stripped, symbol));
    }

    [Fact]
    public void What_is_no_program_is_refused()
    {
        Assert.Equal(ElfProblem.NotElf, Refusal([], "f"));
        Assert.Equal(ElfProblem.NotElf, Refusal("#!/bin/sh\n"u8.ToArray(), "f"));
        Assert.Equal(ElfProblem.Broken, Refusal([0x7f, 0x45, 0x4c, 0x46], "f"));
        Assert.Equal(ElfProblem.WrongKind, Refusal(File.ReadAllBytes(RepositoryRoot.Built("dist", "fabric.bpf.o")), "f"));
    }

    internal static ElfFile Open(string path) => ElfFile.Read(new MemoryImage(File.ReadAllBytes(path)));

    [Fact]
    public void Whatever_programs_and_libraries_this_machine_has_are_read()
    {
        var read = 0;
        Span<byte> magic = stackalloc byte[4];
        foreach (var path in Directory.GetFiles("/usr/bin").Concat(Directory.GetFiles("/usr/lib/x86_64-linux-gnu")).Order(StringComparer.Ordinal))
        {
            if (new FileInfo(path) is not { LinkTarget: null, Length: > 64 })
                continue;
            using var file = File.OpenHandle(path);
            var image = new FileImage(file);
            if (!image.TryRead(0, magic) || !magic.SequenceEqual("\u007fELF"u8))
                continue;
            read++;
            try
            {
                _ = ElfTarget.Find(image, "no such function", ProbeOptimisation.None);
            }
            catch (ElfRefusedException refused)
            {
                Assert.True(refused.Problem is ElfProblem.NoSymbol or ElfProblem.WrongKind, $"{path}: {refused.Message}");
            }
        }

        output.WriteLine($"{read} files");
        Assert.True(read > 50, $"{read}");
    }

    [Fact]
    public void Segments_upon_each_other_are_refused()
    {
        var bytes = File.ReadAllBytes(binaries.Gcc);
        var second = bytes.AsSpan(64 + 56 * Enumerable.Range(0, BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(56)))
            .Where(i => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(64 + 56 * i)) == 1).ElementAt(1));
        BinaryPrimitives.WriteInt64LittleEndian(second[8..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(second[16..], 0);
        Assert.Equal(ElfProblem.Broken, Refusal(bytes, "is_enabled"));
    }

    internal static ElfSymbol Symbol(ElfFile elf, string name) => FunctionFinder.Find(elf, name, files: null).Symbol;

    internal static ElfTarget Find(string path, string symbol, ProbeOptimisation kernel = ProbeOptimisation.None) =>
        ElfTarget.Find(new MemoryImage(File.ReadAllBytes(path)), symbol, kernel);

    private static ElfProblem Refusal(string path, string symbol) => Refusal(File.ReadAllBytes(path), symbol);

    private static ElfProblem Refusal(byte[] bytes, string symbol) =>
        Assert.Throws<ElfRefusedException>(() => ElfTarget.Find(new MemoryImage(bytes), symbol, ProbeOptimisation.None)).Problem;
}
