using Fabric.Bpf.Elf;

namespace Fabric.Bpf.Tests.Elf;

/// <summary>Names as people write them and as compilers do, and what is said where they do not meet.</summary>
public sealed class NameTests : IDisposable
{
    private const string Cpp = """
        #define KEEP __attribute__((noinline, used, visibility("default")))
        namespace shop {
        KEEP bool is_enabled(const char *flag) { return flag[0] == 'x'; }
        KEEP bool twice(const char *flag) { return flag[0] == 'x'; }
        KEEP bool twice(int flag) { return flag == 7; }
        struct flags { KEEP bool has(const char *flag) const; };
        bool flags::has(const char *flag) const { return flag[0] == 'y'; }
        }
        namespace { KEEP bool hidden(const char *flag) { return flag[0] == 'z'; } }
        KEEP bool plain(const char *flag) { return flag[0] == 'p'; }
        int main(int, char **argv) { return shop::is_enabled(argv[0]) + shop::twice(argv[0]) + shop::twice(3) + shop::flags().has(argv[0]) + hidden(argv[0]) + plain(argv[0]); }
        """;

    private readonly BuildFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_mangled_name_is_taken_as_it_stands_and_a_plain_one_is_answered_with_it()
    {
        foreach (var compiler in new[] { "g++", "clang++-19" })
        {
            var path = _folder.Build(compiler, "program.cc", Cpp, "-O1", "program");
            Assert.False(ElfReaderTests.Find(path, "_ZN4shop10is_enabledEPKc").IsGo);
            foreach (var (plain, mangled) in new[]
            {
                ("shop::is_enabled", "_ZN4shop10is_enabledEPKc"),
                ("shop::is_enabled(char const*)", "_ZN4shop10is_enabledEPKc"),
                ("is_enabled", "_ZN4shop10is_enabledEPKc"),
                ("shop::flags::has", "_ZNK4shop5flags3hasEPKc"),
                ("(anonymous namespace)::hidden(char const*)", "_ZN12_GLOBAL__N_16hiddenEPKc"),
                ("plain", "_Z5plainPKc"),
            })
            {
                Assert.EndsWith($"; one that comes near is {mangled}", Refusal(path, plain, ElfProblem.NoSymbol), StringComparison.Ordinal);
                Assert.NotNull(ElfReaderTests.Find(path, mangled));
            }

            Assert.EndsWith("; some that come near are _ZN4shop5twiceEPKc, _ZN4shop5twiceEi", Refusal(path, "shop::twice", ElfProblem.NoSymbol), StringComparison.Ordinal);
            // A namespace is not a function, and neither is the end of a name.
            foreach (var none in new[] { "shop", "enabled", "shop::enabled", "op::is_enabled" })
                Assert.EndsWith("in its symbol tables", Refusal(path, none, ElfProblem.NoSymbol), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("v0")]
    public void A_plain_name_of_Rust_is_answered_with_the_mangled_one(string mangling)
    {
        const string Source = """
            #[inline(never)]
            fn is_enabled(flag: &str) -> bool { flag.len() > 100 }
            fn main() { std::process::exit(is_enabled(&std::env::args().next().unwrap()) as i32) }
            """;
        // The compilers that have one of the two by default call the other unstable.
        var choice = mangling == "legacy" ? "-Z unstable-options -C symbol-mangling-version=legacy" : "-C symbol-mangling-version=v0";
        _folder.Write("shop.rs", Source);
        Binaries.Run("env", $"RUSTC_BOOTSTRAP=1 rustc -C opt-level=1 {choice} -o {_folder.At("shop")} {_folder.At("shop.rs")}");
        foreach (var name in new[] { "is_enabled", "shop::is_enabled" })
        {
            var near = Refusal(_folder.At("shop"), name, ElfProblem.NoSymbol).Split("comes near is ")[1];
            Assert.StartsWith(mangling == "legacy" ? "_ZN4shop10is_enabled17h" : "_RN", near, StringComparison.Ordinal);
            Assert.NotNull(ElfReaderTests.Find(_folder.At("shop"), near));
        }
    }

    [Fact]
    public void A_copy_that_the_compiler_changed_is_shown_and_not_taken()
    {
        var path = _folder.Build("gcc", "copies.s", """
            .text
            .globl main
            .type main, @function
            main: call is_enabled.constprop.0; ret
            .size main, . - main
            .type is_enabled.constprop.0, @function
            is_enabled.constprop.0: xor %eax, %eax; ret
            .size is_enabled.constprop.0, . - is_enabled.constprop.0
            .type main.cold, @function
            main.cold: ret
            .size main.cold, . - main.cold
            .section .note.GNU-stack, "", @progbits
            """, "", "copies");
        Assert.EndsWith("; one that comes near is is_enabled.constprop.0", Refusal(path, "is_enabled", ElfProblem.NoSymbol), StringComparison.Ordinal);
        Assert.Contains("no call enters there; attach to main", Refusal(path, "main.cold", ElfProblem.NotCode), StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_of_a_library_is_refused_with_the_libraries_that_may_have_it()
    {
        var path = _folder.At("calls");
        _folder.Write("calls.c", """
            #include <math.h>
            #include <string.h>
            int main(int argc, char **argv) { return strlen(argv[0]) + (int)cos(argc); }
            """);
        Binaries.Run("gcc", $"-O0 -fno-builtin -o {path} {_folder.At("calls.c")} -lm");
        foreach (var stripped in new[] { false, true })
        {
            if (stripped)
                Binaries.Run("strip", path);
            foreach (var name in new[] { "strlen", "cos" })
                Assert.EndsWith("attach there: libm.so.6, libc.so.6", Refusal(path, name, ElfProblem.Imported), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_function_that_is_chosen_at_the_start_is_refused()
    {
        var path = _folder.Build("gcc", "chosen.c", """
            static int one(void) { return 1; }
            static int (*choose(void))(void) { return one; }
            int chosen(void) __attribute__((ifunc("choose")));
            int main(void) { return chosen(); }
            """, "-O1", "chosen");
        Assert.Contains("an indirect function", Refusal(path, "chosen", ElfProblem.NotCode), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_static_functions_of_one_name_are_refused_with_their_addresses()
    {
        foreach (var part in new[] { "a", "b" })
            _folder.Write($"{part}.c", $"static __attribute__((noinline, used)) int twice(void) {{ return {part[0] - 'a'}; }}\nint {part}(void) {{ return twice(); }}");
        var path = _folder.At("twice.so");
        Binaries.Run("clang-19", $"-O1 -shared -fPIC {_folder.At("a.c")} {_folder.At("b.c")} -o {path}");
        var shown = Binaries.Run("nm", path).Split('\n').Where(static line => line.EndsWith(" t twice", StringComparison.Ordinal))
            .Select(static line => $"0x{Convert.ToUInt64(line.Split(' ')[0], 16):x}").Order(StringComparer.Ordinal).ToList();
        Assert.Equal(2, shown.Count);
        Assert.EndsWith($"at {string.Join(", ", shown)}", Refusal(path, "twice", ElfProblem.Ambiguous), StringComparison.Ordinal);
    }

    private static string Refusal(string path, string symbol, ElfProblem problem)
    {
        var refused = Assert.Throws<ElfRefusedException>(() => ElfReaderTests.Find(path, symbol));
        Assert.Equal(problem, refused.Problem);
        Assert.Equal(symbol, refused.Place);
        return refused.Message;
    }
}
