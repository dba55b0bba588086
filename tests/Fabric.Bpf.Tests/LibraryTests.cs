using System.Diagnostics;
using Fabric.Bpf.Table;
using Fabric.Bpf.Tests.Table;
using Fabric.Flags.Changes;
using static Fabric.Bpf.Tests.Table.TestTables;

namespace Fabric.Bpf.Tests;

/// <summary>libflagfabric in a C program that is linked with it.</summary>
public sealed class LibraryTests : IDisposable
{
    private const string Unknown = "0 1 - 0 -1 0";

    private readonly List<string> _folders = [];

    [Theory]
    [InlineData(TableKind.Bpf)]
    [InlineData(TableKind.File)]
    public void A_program_gets_every_kind_of_answer(TableKind kind)
    {
        using var table = Open(kind, NewFolder(kind));
        table.Reconcile(9, Set(9,
            ("yes", Boolean(true)), ("no", Boolean(false)), ("disabled", Boolean(true, "DISABLED")), ("half", Percent(50)),
            ("text", Definition("""{"state":"ENABLED","variants":{"red":"#f00","blue":"#00f"},"defaultVariant":"blue"}"""))));
        using var program = new Program(table.Path);

        Assert.Equal("1 1 on 1 0 9 - 9", program.Ask("yes"));
        Assert.Equal("0 0 off 1 1 9 - 9", program.Ask("no"));
        Assert.Equal("0 1 - 4 -1 9 - 9", program.Ask("disabled"));
        Assert.Equal("0 1 blue 1 1 9 - 9 #00f - - -", program.Ask("text"));
        Assert.Equal("0 0 off 3 1 9 - 9", program.Ask("half"));
        Assert.Equal($"{Unknown} - 9", program.Ask("unknown"));
        Assert.Equal($"{Unknown} - 9", program.Ask(new string('x', 64)));
        Assert.Equal($"{Unknown} - 9", program.Ask(""));
        for (var user = 0; user < 200; user++)
        {
            var expected = Evaluator.Evaluate(table, "half", $"user-{user}");
            Assert.StartsWith($"{expected.Truth} {expected.Truth} {(expected.Truth == 1 ? "on" : "off")} 2", program.Ask($"half user-{user}"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(TableKind.Bpf)]
    [InlineData(TableKind.File)]
    public void A_program_gets_values_of_every_type_and_its_fallback_for_any_other(TableKind kind)
    {
        using var table = Open(kind, NewFolder(kind));
        table.Reconcile(9, Set(9,
            ("whole", Definition("""{"state":"ENABLED","variants":{"a":-42},"defaultVariant":"a"}""")),
            ("large", Definition("""{"state":"ENABLED","variants":{"a":1e300},"defaultVariant":"a"}""")),
            ("part", Definition("""{"state":"ENABLED","variants":{"a":0.25},"defaultVariant":"a"}""")),
            ("text", Definition("""{"state":"ENABLED","variants":{"a":"grün \u0022"},"defaultVariant":"a"}""")),
            ("thing", Definition("""{"state":"ENABLED","variants":{"a":{"n":[1,2]}},"defaultVariant":"a"}"""))));
        using var program = new Program(table.Path);

        Assert.Equal("0 1 a 1 0 9 - 9 - -42 -42 -", program.Ask("whole"));
        Assert.Equal("0 1 a 1 0 9 - 9 - - 1.0000000000000001e+300 -", program.Ask("large"));
        Assert.Equal("0 1 a 1 0 9 - 9 - - 0.25 -", program.Ask("part"));
        Assert.Equal("0 1 a 1 0 9 - 9 grün \" - - -", program.Ask("text"));
        Assert.Equal("""0 1 a 1 0 9 - 9 - - - {"n":[1,2]}""", program.Ask("thing"));
    }

    [Theory]
    [InlineData(TableKind.Bpf)]
    [InlineData(TableKind.File)]
    public void A_program_gives_attributes_of_every_type(TableKind kind)
    {
        using var table = Open(kind, NewFolder(kind));
        table.Reconcile(9, Set(9, ("rule", Definition(
            """
            {"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"if":[{"and":[
              {"==":[{"var":"country"},"de"]},{">=":[{"var":"age"},18]},{"<":[{"var":"score"},0.5]},{"===":[{"var":"member"},true]}]},"on","off"]}}
            """))));
        using var program = new Program(table.Path);

        Assert.StartsWith("1 1 on 2", program.Ask("rule ann country=de age:i=18 score:d=0.25 member:b=1"), StringComparison.Ordinal);
        Assert.StartsWith("0 0 off 2", program.Ask("rule ann country=de age:i=17 score:d=0.25 member:b=1"), StringComparison.Ordinal);
        Assert.StartsWith("0 0 off 2", program.Ask("rule ann country=de age:i=18 score:d=0.5 member:b=1"), StringComparison.Ordinal);
        Assert.StartsWith("0 0 off 2", program.Ask("rule ann country=de age:i=18 score:d=0.25 member:b=0"), StringComparison.Ordinal);
        Assert.StartsWith("0 0 off 2", program.Ask("rule ann country=d age:i=18 score:d=0.25 member:b=1"), StringComparison.Ordinal);
        // A score that is no number: evaluation fails, and the program's own default is given back.
        Assert.StartsWith("0 1 - 5", program.Ask("rule ann country=de age:i=18 score=low member:b=1"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_at_an_address_that_held_another_name_gets_its_own_answer()
    {
        // The program reads each line into the same buffer, so the address is the same and the hint is wrong.
        using var table = Open(TableKind.File, NewFolder(TableKind.File));
        table.Reconcile(1, Set(1, ("a", Boolean(true)), ("b", Boolean(false)), ("ab", Boolean(true))));
        using var program = new Program(table.Path);
        for (var i = 0; i < 100; i++)
        {
            Assert.StartsWith("1 1 on", program.Ask("a"), StringComparison.Ordinal);
            Assert.StartsWith("0 0 off", program.Ask("b"), StringComparison.Ordinal);
            Assert.StartsWith("1 1 on", program.Ask("ab"), StringComparison.Ordinal);
            Assert.StartsWith(Unknown, program.Ask("abc"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_program_that_runs_before_there_is_a_table_finds_it_later()
    {
        var folder = NewFolder(TableKind.File);
        using var program = new Program(Path.Combine(folder, "table"));
        Assert.Equal($"{Unknown} - 0", program.Ask("late"));

        using var table = Open(TableKind.File, folder);
        table.Reconcile(3, Set(3, ("late", Boolean(true))));
        program.AskUntil("late", "1 1 on 1 0 3 - 3");
    }

    [Theory]
    [InlineData(TableKind.Bpf)]
    [InlineData(TableKind.File)]
    public void A_program_follows_a_table_that_is_replaced(TableKind kind)
    {
        var folder = NewFolder(kind);
        using var old = Open(kind, folder);
        old.Reconcile(5, Set(5, ("flag", Boolean(true))));
        using var program = new Program(old.Path);
        Assert.Equal("1 1 on 1 0 5 - 5", program.Ask("flag"));

        using var table = Open(kind, folder, Owner() with { Fabric = Guid.NewGuid() });
        table.Reconcile(2, Set(2, ("flag", Boolean(false))));
        program.AskUntil("flag", "0 0 off 1 1 2 - 2");
    }

    [Fact]
    public void A_flag_that_is_deleted_and_put_again_is_followed()
    {
        using var table = Open(TableKind.Bpf, NewFolder(TableKind.Bpf));
        var flags = Set(1, ("flag", Boolean(true)), ("other", Boolean(true)));
        table.Reconcile(1, flags);
        using var program = new Program(table.Path);
        Assert.StartsWith("1 1 on", program.Ask("flag"), StringComparison.Ordinal);
        for (var revision = 2L; revision < 100; revision += 2)
        {
            flags = flags.With(revision, new Change.Delete("flag"));
            table.Apply(revision, flags, ["flag"]);
            Assert.StartsWith(Unknown, program.Ask("flag"), StringComparison.Ordinal);
            flags = flags.With(revision + 1, new Change.Put("flag", Boolean(true)));
            table.Apply(revision + 1, flags, ["flag"]);
            Assert.StartsWith("1 1 on", program.Ask("flag"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Whatever_is_in_the_tables_place_a_program_runs_its_own_default()
    {
        var folder = NewFolder(TableKind.File);
        byte[] sound;
        using (var table = Open(TableKind.File, folder))
        {
            table.Reconcile(1, Set(1, ("flag", Boolean(true))));
            sound = File.ReadAllBytes(table.Path);
        }

        var path = Path.Combine(folder, "strange");
        Directory.CreateDirectory(path);
        Refuses(path);
        Directory.Delete(path);
        foreach (var bytes in Strange(sound))
        {
            File.WriteAllBytes(path, bytes);
            Refuses(path);
        }

        Refuses("/dev/zero");
        Refuses("/nowhere/at/all");
    }

    public void Dispose()
    {
        foreach (var folder in _folders)
            Directory.Delete(folder, recursive: true);
    }

    private static void Refuses(string path)
    {
        using var program = new Program(path);
        Assert.Equal($"{Unknown} - 0", program.Ask("flag"));
    }

    private static IEnumerable<byte[]> Strange(byte[] sound)
    {
        yield return [];
        yield return sound[..100];
        yield return sound[..4096];
        yield return sound[..(sound.Length / 2)];
        yield return new byte[sound.Length];
        // A wrong magic, layout, count of slots, place and size of the heap.
        foreach (var at in new[] { 0, 8, 12, 15, 24, 31, 32, 39 })
        {
            var wrong = sound.ToArray();
            wrong[at] ^= 0x41;
            yield return wrong;
        }
    }

    private string NewFolder(TableKind kind)
    {
        var folder = Folder(kind);
        _folders.Add(folder);
        return folder;
    }

    private sealed class Program : IDisposable
    {
        private readonly Process _process;

        internal Program(string table)
        {
            var start = new ProcessStartInfo(Repository.Native("ask")) { RedirectStandardInput = true, RedirectStandardOutput = true };
            start.Environment["FABRIC_TABLE"] = table;
            _process = Process.Start(start)!;
        }

        internal string Ask(string line)
        {
            _process.StandardInput.WriteLine(line);
            return _process.StandardOutput.ReadLine() ?? "the program ended";
        }

        /// <summary>The library looks for a table once a second; the deadline is for a busy machine.</summary>
        internal void AskUntil(string line, string expected)
        {
            var since = Stopwatch.StartNew();
            string? answer = null;
            while (answer != expected && since.Elapsed < TimeSpan.FromSeconds(30))
            {
                Thread.Sleep(20);
                answer = Ask(line);
            }

            Assert.Equal(expected, answer);
        }

        public void Dispose()
        {
            _process.StandardInput.Close();
            Assert.True(_process.WaitForExit(10_000));
            Assert.Equal(0, _process.ExitCode);
            _process.Dispose();
        }
    }
}
