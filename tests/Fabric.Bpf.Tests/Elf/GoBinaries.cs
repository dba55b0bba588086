namespace Fabric.Bpf.Tests.Elf;

/// <summary>Go programs as they are shipped: with and without symbols, at any address, with C inside, linked by either linker.</summary>
public sealed class GoBinaries : IDisposable
{
    private const string Source = """
        package main

        import "os"

        //go:noinline
        func isFeatureEnabled(flag string) bool { return len(flag) > 100 && flag[99] == 'x' }

        //go:noinline
        func fast() bool

        //go:noinline
        func cold(flag string) bool { return len(flag) > 200 && flag[199] == 'x' }

        func main() {
            if isFeatureEnabled(os.Args[0]) || cold(os.Args[0]) || fast() {
                println("on")
            }
        }
        """;

    private const string Assembly = """
        #include "textflag.h"
        TEXT ·fast(SB), NOSPLIT, $0-1
            MOVB $0, ret+0(FP)
            RET
        """;

    private const string WithC = """
        package main

        /*
        #include <stdbool.h>
        #include <string.h>
        __attribute__((noinline)) bool c_enabled(const char *flag) { return strlen(flag) > 100; }
        __attribute__((noinline)) bool c_enabled_dot(const char *flag) __asm__("c.enabled");
        __attribute__((noinline)) bool c_enabled_dot(const char *flag) { return strlen(flag) > 10; }
        static bool use(const char *flag) { return c_enabled(flag) || c_enabled_dot(flag); }
        */
        import "C"

        //go:noinline
        func isFeatureEnabled(flag string) bool { return len(flag) > 100 && bool(C.use(C.CString(flag))) }

        func main() { println(isFeatureEnabled("x")) }
        """;

    private const string WithRuntimesC = """
        package main

        import _ "runtime/cgo"

        //go:noinline
        func isFeatureEnabled(flag string) bool { return len(flag) > 100 && flag[99] == 'x' }

        func main() { println(isFeatureEnabled("x")) }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-go-").FullName;

    public GoBinaries()
    {
        var pure = Package("pure", ("main.go", Source), ("fast_amd64.s", Assembly));
        var mixed = Package("mixed", ("main.go", WithC));
        var own = Package("own", ("main.go", WithRuntimesC));
        Pairs =
        [
            Pair(pure, "plain", cgo: false),
            Pair(pure, "pie", cgo: false, mode: "-buildmode=pie"),
            Pair(mixed, "cgo", cgo: true),
            Pair(mixed, "cgo-pie", cgo: true, mode: "-buildmode=pie"),
            Pair(own, "own", cgo: true, linker: "-linkmode=internal"),
        ];
    }

    /// <summary>Each program with its symbols, and the same without.</summary>
    public IReadOnlyList<(string Whole, string Stripped)> Pairs { get; }

    public (string Whole, string Stripped) Plain => Pairs[0];

    public (string Whole, string Stripped) Pie => Pairs[1];

    /// <summary>Those with functions of C's that the program's author wrote.</summary>
    public IEnumerable<(string Whole, string Stripped)> Mixed => Pairs.Skip(2).Take(2);

    /// <summary>One whose C was linked by Go's own linker.</summary>
    public (string Whole, string Stripped) LinkedByGo => Pairs[4];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Package(string name, params (string Name, string Text)[] files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        foreach (var file in files)
            File.WriteAllText(Path.Combine(folder, file.Name), file.Text + "\n");
        return folder;
    }

    private (string Whole, string Stripped) Pair(string package, string name, bool cgo, string mode = "", string linker = "")
    {
        var whole = Path.Combine(_folder, $"{name}-whole");
        var stripped = Path.Combine(_folder, $"{name}-stripped");
        Binaries.Go($"build {mode} -ldflags=\"{linker}\" -o {whole}", package, cgo);
        Binaries.Go($"build {mode} -ldflags=\"{linker} -s -w\" -o {stripped}", package, cgo);
        return (whole, stripped);
    }
}

[CollectionDefinition(nameof(GoBinaries))]
public sealed class GoBuiltOnce : ICollectionFixture<GoBinaries>;
