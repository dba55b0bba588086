using Fabric.Bpf.Elf;

namespace Fabric.Bpf.Tests.Elf;

/// <summary>Functions whose names were moved to a file of their own when the program was packaged.</summary>
public sealed class DebugFileTests : IDisposable
{
    private const string Symbol = "is_enabled";

    private const string Source = """
        static __attribute__((noinline, used)) int is_enabled(const char *flag) { return flag[0] == 'x' && flag[1] == 'y'; }
        int main(int argc, char **argv) { return is_enabled(argv[0]) + argc; }
        """;

    private readonly BuildFolder _folder = new();
    private readonly List<string> _asked = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("-O2 -g -Wl,--build-id")]
    [InlineData("-O2 -g -no-pie -Wl,--build-id")]
    public void A_function_is_found_by_the_build_id_at_the_address_that_it_had(string arguments)
    {
        var (whole, stripped, debug) = Split(arguments);
        MoveToBuildId(debug, whole);
        var expected = ElfReaderTests.Find(whole, Symbol);
        Assert.Equal(ElfProblem.NoSymbol, Refusal(stripped, files: null).Problem);
        Assert.Equal(expected, Find(stripped));
        Assert.Single(_asked);
    }

    [Theory]
    [InlineData("program.debug")]
    [InlineData(".debug/program.debug")]
    [InlineData("usr-lib-debug")]
    public void A_function_is_found_by_the_link_in_the_usual_folders(string place)
    {
        foreach (var id in new[] { "-Wl,--build-id", "-Wl,--build-id=none" })
        {
            var (whole, stripped, debug) = Split($"-O2 -g {id}");
            Binaries.Run("objcopy", $"--add-gnu-debuglink={debug} {stripped}");
            var to = place == "usr-lib-debug" ? Path.Combine(Root, _folder.Path.TrimStart('/'), "program.debug") : _folder.At(place);
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Move(debug, to, overwrite: true);
            Assert.Equal(ElfReaderTests.Find(whole, Symbol), Find(stripped));
        }
    }

    [Fact]
    public void A_file_of_another_build_is_not_believed()
    {
        var (whole, stripped, _) = Split("-O2 -g -Wl,--build-id");
        Binaries.Run("gcc", $"-O0 -g -Wl,--build-id -o {_folder.At("other")} {_folder.At("program.c")}");
        Binaries.Run("objcopy", $"--only-keep-debug {_folder.At("other")} {_folder.At("program.debug")}");
        MoveToBuildId(_folder.At("program.debug"), whole);
        Assert.Equal(ElfProblem.NoSymbol, Refusal(stripped, Files(stripped)).Problem);
    }

    [Fact]
    public void A_file_that_was_changed_does_not_fit_its_link()
    {
        var (_, stripped, debug) = Split("-O2 -g -Wl,--build-id=none");
        Binaries.Run("objcopy", $"--add-gnu-debuglink={debug} {stripped}");
        Assert.NotNull(Find(stripped));
        var bytes = File.ReadAllBytes(debug);
        bytes[^1] ^= 1;
        File.WriteAllBytes(debug, bytes);
        Assert.Equal(ElfProblem.NoSymbol, Refusal(stripped, Files(stripped)).Problem);
    }

    [Fact]
    public void A_link_leads_to_no_other_folder()
    {
        var (_, stripped, debug) = Split("-O2 -g -Wl,--build-id=none");
        Binaries.Run("objcopy", $"--add-gnu-debuglink={debug} {stripped}");
        var bytes = File.ReadAllBytes(stripped);
        var at = bytes.AsSpan().IndexOf("program.debug\0"u8);
        "../../x.debug"u8.CopyTo(bytes.AsSpan(at));
        File.WriteAllBytes(stripped, bytes);
        Assert.Equal(ElfProblem.NoSymbol, Refusal(stripped, Files(stripped)).Problem);
        Assert.Empty(_asked);
    }

    private string Root => _folder.At("debug-root");

    private (string Whole, string Stripped, string Debug) Split(string arguments)
    {
        var whole = _folder.Build("gcc", "program.c", Source, arguments, "program");
        var (stripped, debug) = (_folder.At("stripped"), _folder.At("program.debug"));
        Binaries.Run("objcopy", $"--only-keep-debug {whole} {debug}");
        Binaries.Run("strip", $"-o {stripped} {whole}");
        return (whole, stripped, debug);
    }

    private void MoveToBuildId(string debug, string whole)
    {
        var id = ElfIdentity.BuildId(ElfReaderTests.Open(whole))!;
        var folder = Directory.CreateDirectory(Path.Combine(Root, ".build-id", id[..2])).FullName;
        File.Move(debug, Path.Combine(folder, $"{id[2..]}.debug"), overwrite: true);
    }

    private DebugFiles Files(string target) => new(target, Open, Root);

    private MemoryImage? Open(string path)
    {
        _asked.Add(path);
        return File.Exists(path) ? new MemoryImage(File.ReadAllBytes(path)) : null;
    }

    private ElfTarget Find(string path) => ElfTarget.Find(new MemoryImage(File.ReadAllBytes(path)), Symbol, ProbeOptimisation.None, Files(path));

    private static ElfRefusedException Refusal(string path, DebugFiles? files) =>
        Assert.Throws<ElfRefusedException>(() => ElfTarget.Find(new MemoryImage(File.ReadAllBytes(path)), Symbol, ProbeOptimisation.None, files));
}
