using System.Diagnostics;
using Fabric.Tests.Shared;

namespace Fabric.Bpf.Tests.Elf;

/// <summary>Real programs to read: built once for all tests, with the compilers of this machine.</summary>
public sealed class Binaries : IDisposable
{
    private const string Source = """
        #include <stdbool.h>
        #include <string.h>
        #define EXPORT __attribute__((noinline, visibility("default")))
        volatile unsigned calls;
        static __attribute__((noinline)) bool tail(const char *flag) { calls++; return strlen(flag) > 100; }
        EXPORT bool is_enabled(const char *flag) { unsigned h = 1; while (*flag) h = (h ^ *flag++) * 16777619u; calls++; return h == 0; }
        EXPORT bool several_returns(const char *flag) { if (!*flag) return calls > 7; calls++; if (*flag == 'x') return tail(flag + 1) || calls; return !tail(flag); }
        EXPORT bool tail_call(const char *flag) { return tail(flag); }
        EXPORT void never_returns(void) { for (;;) calls++; }
        EXPORT int main(int argc, char **argv) { if (argc > 9) never_returns(); return is_enabled(argv[0]) + several_returns(argv[0]) + tail_call(argv[0]); }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-elf-").FullName;

    public Binaries()
    {
        var source = Path.Combine(_folder, "program.c");
        File.WriteAllText(source, Source);
        Gcc = Build("gcc", "program-gcc", $"-O2 -fcf-protection -Wl,--build-id {source}");
        Clang = Build("clang-19", "program-clang", $"-O1 -g -Wl,--build-id {source}");
        Library = Build("clang-19", "library.so", $"-O2 -shared -fPIC -Wl,--build-id {source}");
        Stripped = Build("clang-19", "stripped.so", $"-O2 -s -shared -fPIC -Wl,--build-id {source}");
        var library = Path.Combine(RepositoryRoot.Path, "bpf/libflagfabric");
        var sources = Directory.GetFiles(library).Where(static file => Path.GetExtension(file) is ".c" or ".S");
        Entry = Build("clang-19", "entry.so", $"-O2 -std=gnu17 -shared -fPIC {string.Join(' ', sources)}");
        GoProgram = Path.Combine(_folder, "program-go");
        Go($"build -o {GoProgram} {Path.Combine(RepositoryRoot.Path, "tests/vm/targets/target.go")}", _folder, cgo: false);
    }

    public string Gcc { get; }

    public string Clang { get; }

    public string Library { get; }

    public string Stripped { get; }

    /// <summary>libflagfabric, whose entries begin with the no-operations that kernels replace.</summary>
    public string Entry { get; }

    public string GoProgram { get; }

    public IEnumerable<string> All => [Gcc, Clang, Library, Stripped, Entry, GoProgram];

    internal static string Run(string program, string arguments) => Run(new ProcessStartInfo(program, arguments));

    /// <summary>Go, without modules: what is built needs no other.</summary>
    internal static void Go(string arguments, string folder, bool cgo)
    {
        var start = new ProcessStartInfo("go", arguments) { WorkingDirectory = folder };
        start.Environment["CGO_ENABLED"] = cgo ? "1" : "0";
        start.Environment["GO111MODULE"] = "off";
        start.Environment["GOFLAGS"] = "";
        Run(start);
    }

    private static string Run(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{start.FileName} {start.Arguments} ended with {process.ExitCode}");
        return output;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Build(string compiler, string name, string arguments)
    {
        var path = Path.Combine(_folder, name);
        Run(compiler, $"{arguments} -o {path}");
        return path;
    }
}

[CollectionDefinition(nameof(Binaries))]
public sealed class BuiltOnce : ICollectionFixture<Binaries>;
