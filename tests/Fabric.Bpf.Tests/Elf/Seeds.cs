using Fabric.Bpf.Elf;

namespace Fabric.Bpf.Tests.Elf;

/// <summary>A sound file to be changed, and names to look for in it.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="Symbols">Functions that it has, and names that it has not.</param>
internal sealed record Seed(string Name, byte[] Bytes, IReadOnlyList<string> Symbols)
{
    /// <summary>A file whose names are in the one that is changed; null where it has its own.</summary>
    internal byte[]? Target { get; init; }

    /// <summary>The file with the names of the one that is changed; null where it has its own.</summary>
    internal byte[]? Debug { get; init; }

    /// <summary>Why a changed file is refused; null where it is taken, and then what was found in it holds.</summary>
    internal ElfProblem? Find(IImage image, string symbol, ProbeOptimisation kernel)
    {
        var target = Target is null ? image : new MemoryImage(Target);
        var debug = Debug is not null ? new MemoryImage(Debug) : Target is not null ? image : null;
        var files = new DebugFiles("/opt/program", _ => debug);
        try
        {
            var found = ElfTarget.Find(target, symbol, kernel, files);
            Assert.InRange(found.Offset, 0, target.Length - 1);
            Assert.InRange(found.Offset + found.Delta, 0, target.Length - 1);
            Span<byte> at = stackalloc byte[1];
            Assert.True(target.TryRead(found.Offset + found.Delta, at));
            Assert.Equal(0xc3, at[0]);
            return null;
        }
        catch (ElfRefusedException refused)
        {
            Assert.NotEmpty(refused.Message);
            Assert.NotEmpty(refused.Place);
            return refused.Problem;
        }
    }
}

/// <summary>Files of every kind that is read, small ones.</summary>
public sealed class Seeds : IDisposable
{
    private const string C = """
        #include <string.h>
        static __attribute__((noinline, used)) int hidden(const char *flag) { return strlen(flag) > 3; }
        __attribute__((visibility("default"), noinline)) int is_enabled(const char *flag) { return hidden(flag) && flag[0] == 'x'; }
        int main(int argc, char **argv) { return is_enabled(argv[0]) + argc; }
        """;

    private readonly BuildFolder _folder = new();
    private readonly GoBinaries _go = new();

    public Seeds()
    {
        var pie = _folder.Build("gcc", "program.c", C, "-O2 -fcf-protection -Wl,--build-id", "pie");
        var fixedPlace = _folder.Build("gcc", "program.c", C, "-O2 -no-pie -Wl,--build-id", "fixed");
        var library = _folder.Build("clang-19", "program.c", C, "-O2 -s -shared -fPIC", "library.so");
        var cpp = _folder.Build("g++", "program.cc", C.Replace("int main", "namespace shop { bool on(const char *flag) { return hidden(flag); } }\nint main", StringComparison.Ordinal), "-O1", "cpp");
        Binaries.Run("objcopy", $"--only-keep-debug {pie} {_folder.At("debug")}");
        Binaries.Run("strip", $"-o {_folder.At("stripped")} {pie}");
        var tiny = new byte[0x1100];
        TinyElf.Write(tiny, codeOffset: 0x1000, codeBytes: 0x100, functionBytes: 0x40);
        tiny[0x1008] = 0xc3;
        string[] c = ["is_enabled", "hidden", "strlen", "no_such_function"];
        string[] go = ["main.isFeatureEnabled", "isFeatureEnabled", "main.fast"];
        All =
        [
            new("C at any address", File.ReadAllBytes(pie), c),
            new("C at its own address", File.ReadAllBytes(fixedPlace), c),
            new("a stripped library", File.ReadAllBytes(library), c),
            new("C++", File.ReadAllBytes(cpp), ["_Z10is_enabledPKc", "is_enabled", "shop::on(char const*)", "_ZN4shop2onEPKc"]),
            new("a debug file", File.ReadAllBytes(_folder.At("debug")), ["hidden"]) { Target = File.ReadAllBytes(_folder.At("stripped")) },
            new("what was stripped", File.ReadAllBytes(_folder.At("stripped")), ["hidden", "is_enabled"]) { Debug = File.ReadAllBytes(_folder.At("debug")) },
            new("Go", File.ReadAllBytes(_go.Plain.Whole), go),
            new("Go, stripped", File.ReadAllBytes(_go.Plain.Stripped), go),
            new("Go at any address, stripped", File.ReadAllBytes(_go.Pie.Stripped), go),
            new("Go with C at any address, stripped", File.ReadAllBytes(_go.Pairs[3].Stripped), go),
            .. Forms(),
            new("the smallest", tiny, ["f", "g"]),
        ];
    }

    internal IReadOnlyList<Seed> All { get; }

    public void Dispose()
    {
        _folder.Dispose();
        _go.Dispose();
    }

    private static IEnumerable<Seed> Forms() =>
        from form in new[] { (0xffff_fffau, GoFormTests.Says.InTheTable), (0xffff_fff0u, GoFormTests.Says.InTheTable), (0xffff_fff1u, GoFormTests.Says.ByARelocation), (0xffff_fff1u, GoFormTests.Says.InTheModule) }
        select new Seed($"Go's table {form.Item1:x} {form.Item2}", GoFormTests.Program(form.Item1, form.Item2, out _), ["main.f", "f", "x_cgo_init", "main.fast"]);
}
