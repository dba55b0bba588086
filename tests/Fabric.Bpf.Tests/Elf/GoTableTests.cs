using System.Globalization;
using System.Text.RegularExpressions;
using Fabric.Bpf.Elf;

namespace Fabric.Bpf.Tests.Elf;

/// <summary>Go programs without symbols: their runtime's own table names the functions.</summary>
[Collection(nameof(GoBinaries))]
public sealed class GoTableTests(GoBinaries binaries)
{
    private const string Function = "main.isFeatureEnabled";

    [Fact]
    public void The_table_of_a_stripped_program_has_the_functions_that_nm_shows_of_the_whole_one()
    {
        foreach (var (whole, stripped) in binaries.Pairs)
        {
            var shown = Shown(whole);
            var table = GoTable.Of(ElfReaderTests.Open(stripped))!;
            var functions = table.Functions().Where(static function => !function.IsForeign).ToList();
            Assert.True(functions.Count > 800, $"{stripped}: {functions.Count}");
            Assert.All(functions, function => Assert.Contains(
                shown.GetValueOrDefault(function.Symbol.Address, []),
                name => WithoutTypes(name) == table.Names.At(function.Name)));
        }
    }

    [Fact]
    public void A_function_is_found_at_the_same_place_with_and_without_symbols()
    {
        foreach (var (whole, stripped) in binaries.Pairs)
        {
            var (with, without) = (ElfReaderTests.Find(whole, Function), ElfReaderTests.Find(stripped, Function));
            Assert.Equal(Address(whole), ElfReaderTests.Symbol(ElfReaderTests.Open(stripped), Function).Address);
            Assert.Equal((with.Offset, with.Delta, with.Kind, true), (without.Offset, without.Delta, without.Kind, without.IsGo));
        }
    }

    [Fact]
    public void A_function_of_C_in_a_Go_program_is_called_as_C_whatever_its_name()
    {
        foreach (var (whole, _) in binaries.Mixed)
        {
            Assert.False(ElfReaderTests.Find(whole, "c_enabled").IsGo);
            Assert.False(ElfReaderTests.Find(whole, "c.enabled").IsGo);
        }

        // Go's own linker has the table list such functions too.
        foreach (var path in new[] { binaries.LinkedByGo.Whole, binaries.LinkedByGo.Stripped })
        {
            Assert.Contains(GoTable.Of(ElfReaderTests.Open(path))!.Functions(), static function => function.IsForeign);
            Assert.False(ElfReaderTests.Find(path, "x_cgo_init").IsGo);
            Assert.True(ElfReaderTests.Find(path, Function).IsGo);
        }
    }

    [Fact]
    public void Assembly_is_refused_by_the_table_as_by_the_symbols()
    {
        foreach (var path in new[] { binaries.Plain.Whole, binaries.Plain.Stripped, binaries.Pie.Stripped })
        {
            foreach (var name in new[] { "main.fast", "runtime.memmove" })
            {
                var refused = Assert.Throws<ElfRefusedException>(() => ElfReaderTests.Find(path, name == "main.fast" && path == binaries.Plain.Whole ? "main.fast.abi0" : name));
                Assert.Equal(ElfProblem.NotCode, refused.Problem);
                Assert.Contains("on the stack", refused.Message, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Of C's it would be the part of a function that is seldom run.</summary>
    [Fact]
    public void A_function_of_Go_may_be_called_cold()
    {
        Assert.True(ElfReaderTests.Find(binaries.Plain.Whole, "main.cold").IsGo);
        Assert.True(ElfReaderTests.Find(binaries.Plain.Stripped, "main.cold").IsGo);
    }

    [Fact]
    public void Go_before_1_17_is_refused()
    {
        var bytes = File.ReadAllBytes(binaries.Plain.Stripped);
        var version = System.Text.Encoding.ASCII.GetBytes(ElfIdentity.GoVersion(ElfReaderTests.Open(binaries.Plain.Stripped))!);
        var at = bytes.AsSpan().IndexOf([(byte)version.Length, .. version]);
        Assert.True(at > 0);
        foreach (var old in new[] { "go1.16.9", "go1.9.10", "go1.1rc1" })
        {
            System.Text.Encoding.ASCII.GetBytes(old.PadRight(version.Length)).AsSpan(0, version.Length).CopyTo(bytes.AsSpan(at + 1));
            var refused = Assert.Throws<ElfRefusedException>(() => ElfTarget.Find(new MemoryImage(bytes), Function, ProbeOptimisation.None));
            Assert.Contains("before 1.17", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_name_without_its_package_is_answered_with_the_whole_one()
    {
        foreach (var path in new[] { binaries.Plain.Whole, binaries.Plain.Stripped })
        {
            var refused = Assert.Throws<ElfRefusedException>(() => ElfReaderTests.Find(path, "isFeatureEnabled"));
            Assert.Equal(ElfProblem.NoSymbol, refused.Problem);
            Assert.Contains($"one that comes near is {Function}", refused.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>The table leaves out what stands in brackets, and which convention of calls a function follows.</summary>
    private static string WithoutTypes(string name) => Regex.Replace(Regex.Replace(name, @"\[.*\]", "[...]"), @"\.abi0$", "");

    private static ulong Address(string path) => Shown(path).Single(static one => one.Value.Contains(Function)).Key;

    private static Dictionary<ulong, List<string>> Shown(string path) => Binaries.Run("nm", path).Split('\n')
        .Select(static line => line.Split(' ', 3))
        .Where(static parts => parts.Length == 3 && parts[0].Length == 16)
        .GroupBy(static parts => ulong.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), static parts => parts[2])
        .ToDictionary(static group => group.Key, static group => group.ToList());
}
