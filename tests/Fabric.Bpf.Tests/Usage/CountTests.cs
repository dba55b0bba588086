using System.Diagnostics;
using System.Globalization;
using Fabric.Bpf.Tests.Table;
using Fabric.Bpf.Usage;
using Fabric.Flags.Changes;

namespace Fabric.Bpf.Tests.Usage;

/// <summary>libflagfabric counts each call once, whatever becomes of the process.</summary>
public sealed class CountTests : IDisposable
{
    private readonly Counting _counting = new(64, ("a", true), ("b", false), ("c", true));

    public void Dispose() => _counting.Dispose();

    [Fact]
    public void Eight_processes_of_four_threads_lose_not_one_of_a_million_calls_each()
    {
        const long PerThread = 1_000_000;
        var processes = Enumerable.Range(0, 8)
            .Select(i => _counting.Start("run", Progress(i), "4", $"{PerThread}", "a", "b", "nobody-has-this")).ToArray();
        foreach (var process in processes)
            Assert.True(process.WaitForExit(Counting.Patience));

        Assert.Equal(8 * 4 * PerThread, _counting.Calls());
        Assert.Equal(8 * 4 * 333_334, _counting.Calls("a"));
        Assert.Equal(8 * 4 * 333_333, _counting.Calls("b"));
        Assert.Equal(8 * 4 * 333_333, _counting.Calls("nobody-has-this"));
        Assert.All(_counting.Read(), static sheet => Assert.True(sheet.Ended));
    }

    [Fact]
    public void A_process_that_is_killed_loses_no_call_that_it_had_finished()
    {
        const int Threads = 4;
        for (var round = 0; round < 10; round++)
        {
            var before = _counting.Calls();
            var process = _counting.Start("run", Progress(round), $"{Threads}", "0", "a", "b");
            Counting.Until(() => Finished(round) > 50_000 * (round + 1), "it does not ask");
            process.Kill();
            process.WaitForExit();

            // What a thread was at when it was killed may be counted or not.
            var counted = _counting.Calls() - before;
            Assert.InRange(counted, Finished(round), Finished(round) + Threads);
        }
    }

    [Fact]
    public void A_fork_goes_on_with_the_sheet_of_its_parent_and_keeps_it_alive()
    {
        var parent = _counting.Start("fork", "1000", "a");
        Assert.True(parent.WaitForExit(Counting.Patience));
        // The child says so at its end, by which it has asked as often as its parent twice.
        Assert.Equal("child done\n", parent.StandardOutput.ReadToEnd());
        Counting.Until(() => _counting.Read().All(static sheet => sheet.Ended), "the child does not end");
        Assert.Equal(4000, _counting.Calls("a"));
        Assert.Single(_counting.Read());
    }

    [Fact]
    public void A_process_that_becomes_another_leaves_its_sheet_and_takes_a_new_one()
    {
        var process = _counting.Start("exec", "1000", "a");
        process.StandardInput.WriteLine("go");
        Assert.Equal("asked", process.StandardOutput.ReadLine());
        Assert.Equal(2000, _counting.Calls("a"));
        Assert.Equal([true, false], _counting.Read().Select(static sheet => sheet.Ended).OrderDescending());
        Assert.DoesNotContain(
            Directory.EnumerateFiles($"/proc/{process.Id}/fd"),
            fd => File.ResolveLinkTarget(fd, returnFinalTarget: false)?.FullName.StartsWith(_counting.Sheets, StringComparison.Ordinal) == true);
    }

    [Fact]
    public void A_daemon_that_closes_all_its_descriptors_is_alive_all_the_same()
    {
        var process = _counting.Start("closed", "1000", "a");
        Assert.Equal("daemon done", process.StandardOutput.ReadLine());
        Assert.False(Assert.Single(_counting.Read()).Ended);
        Assert.Equal(2000, _counting.Calls("a"));
        process.StandardInput.Close();
        Counting.Until(() => _counting.Read()[0].Ended, "the daemon does not end");
    }

    [Fact]
    public void A_handler_of_signals_may_ask_while_its_thread_does()
    {
        var asked = long.Parse(_counting.Run("signals", "200000", "a"), CultureInfo.InvariantCulture);
        Assert.Equal(asked, _counting.Calls());
    }

    [Fact]
    public void A_library_that_is_loaded_again_and_again_counts_in_one_sheet()
    {
        var library = Path.Combine(Fabric.Tests.Shared.RepositoryRoot.Path, "dist", "libflagfabric.so");
        _counting.Run("reloaded", library, "500", "a");
        Assert.Equal(500, _counting.Calls("a"));
        Assert.Single(_counting.Read());
    }

    [Fact]
    public void Each_way_to_ask_counts_the_variant_or_the_callers_own_default()
    {
        var flags = _counting.Flags.With(2,
            new Change.Put("text", TestTables.Definition("""{"state":"ENABLED","variants":{"red":"#f00","blue":"#00f"},"defaultVariant":"blue"}""")),
            new Change.Put("whole", TestTables.Definition("""{"state":"ENABLED","variants":{"one":1,"half":0.5},"defaultVariant":"half"}""")),
            new Change.Put("out", TestTables.Boolean(true, "DISABLED")));
        _counting.Table.Apply(2, flags, ["text", "whole", "out"]);
        _counting.Run("values", "a", "text", "whole", "out", "nobody-has-this", new string('x', 64));

        // Of ten ways: all but four ask for a boolean, or for any type.
        Assert.Equal([4, 6], Counters("a", 2));
        Assert.Equal([6, 0, 4], Counters("text", 3)); // string, variant, and the two in full
        Assert.Equal([6, 0, 4], Counters("whole", 3)); // double, variant, and the two in full; it is no integer
        Assert.Equal([10, 0], Counters("out", 2));
        Assert.Equal([10, 0], Counters("nobody-has-this", 2));
        Assert.Equal([10, 0], Counters("", 2)); // no flag can have so long a name
        Assert.Equal(60, _counting.Calls());
    }

    [Fact]
    public void Where_another_flag_takes_a_deleted_flags_place_each_has_its_own_calls()
    {
        var process = _counting.Start("held", "100", "a");
        var other = _counting.Start("held", "10", "later");
        var flags = _counting.Flags;
        Ask(process);
        for (var revision = 2L; revision < 40; revision += 2)
        {
            // One of them is there at a time, mostly in the other's slot.
            var (gone, put) = revision % 4 == 2 ? ("a", "later") : ("later", "a");
            flags = flags.With(revision, new Change.Delete(gone));
            _counting.Table.Apply(revision, flags, [gone]);
            flags = flags.With(revision + 1, new Change.Put(put, TestTables.Boolean(true)));
            _counting.Table.Apply(revision + 1, flags, [put]);
            Ask(process);
            Ask(other);
        }

        Assert.Equal(20 * 100, _counting.Calls("a"));
        Assert.Equal(19 * 10, _counting.Calls("later"));
        // A name is known every second time.
        Assert.Equal(10 * 100, Known("a"));
        Assert.Equal(10 * 10, Known("later"));
    }

    [Fact]
    public void A_flag_whose_variants_change_their_order_is_counted_by_the_list_that_answered()
    {
        var process = _counting.Start("held", "100", "a");
        Ask(process);
        var turned = TestTables.Definition("""{"state":"ENABLED","variants":{"off":false,"on":true},"defaultVariant":"on"}""");
        var flags = _counting.Flags.With(2, new Change.Put("a", turned));
        _counting.Table.Apply(2, flags, ["a"]);
        Ask(process);

        var rows = _counting.Rows().Where(static row => row.Name == "a").ToDictionary(static row => row.Variants, static row => row.Counts);
        Assert.Equal([0, 100, 0, 0, 0, 0, 0, 0], rows[VariantList.Of(TestTables.Boolean(true))]);
        Assert.Equal([0, 0, 100, 0, 0, 0, 0, 0], rows[VariantList.Of(turned)]);
    }

    [Fact]
    public void Variants_beyond_the_seventh_are_counted_as_any_other()
    {
        var names = Enumerable.Range(0, 64).Select(static i => $"v{i}").ToArray();
        var json = $$"""{"state":"ENABLED","variants":{{{string.Join(',', names.Select(static name => $"\"{name}\":\"{name}\""))}}},"defaultVariant":"v0"}""";
        var process = _counting.Start("held", "3", "many");
        var flags = _counting.Flags;
        for (var i = 0; i < names.Length; i++)
        {
            flags = flags.With(2 + i, new Change.Put("many", TestTables.Definition(json.Replace("\"defaultVariant\":\"v0\"", $"\"defaultVariant\":\"v{i}\"", StringComparison.Ordinal))));
            _counting.Table.Apply(2 + i, flags, ["many"]);
            Ask(process);
        }

        // They are texts, and is_feature_enabled gives the caller's own default for them: so by their name.
        Assert.Equal(64 * 3, _counting.Calls("many"));
        _counting.Run("values", "many");
        var last = Assert.Single(_counting.Rows(), static row => row.Name == "many" && row.FirstCounter == 64);
        Assert.Equal([4, 0, 0, 0, 0, 0, 0, 0], last.Counts);
    }

    [Fact]
    public void Misspelt_names_are_counted_each_up_to_a_bound_and_together_beyond()
    {
        var names = Enumerable.Range(0, 100).Select(static i => $"typo-{i}").ToArray();
        _counting.Run(["run", Progress(0), "1", "1000", .. names]);
        Assert.Equal(64, _counting.Rows().Count(static row => row.Name.StartsWith("typo-", StringComparison.Ordinal)));
        Assert.Equal(360, _counting.Calls(""));
        Assert.Equal(1000, _counting.Calls());
    }

    private string Progress(int of) => Path.Combine(_counting.Folder, $"progress-{of}");

    private long Finished(int of)
    {
        try
        {
            var bytes = File.ReadAllBytes(Progress(of));
            return Enumerable.Range(0, bytes.Length / 64).Sum(i => BitConverter.ToInt64(bytes, i * 64));
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    private static void Ask(Process process)
    {
        process.StandardInput.WriteLine("go");
        process.StandardInput.Flush();
        Assert.Equal("asked", process.StandardOutput.ReadLine());
    }

    private long Known(string name) => _counting.Rows().Where(row => row.Name == name && row.Variants != 0).Sum(static row => row.Counts.Sum());

    /// <summary>The first counters of a name: the caller's own default, then the variants.</summary>
    private IEnumerable<long> Counters(string name, int count)
    {
        var row = Assert.Single(_counting.Rows(), row => row.Name == name);
        return row.Counts.Take(count);
    }
}
