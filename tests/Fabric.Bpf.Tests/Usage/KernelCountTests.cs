using System.Diagnostics;
using Fabric.Bpf.Attach;
using Fabric.Bpf.Support;
using Fabric.Bpf.Table;
using Fabric.Bpf.Tests.Attach;
using Fabric.Bpf.Tests.Table;
using Fabric.Bpf.Usage;
using Fabric.Flags.Changes;
using Fabric.Flags.State;

namespace Fabric.Bpf.Tests.Usage;

/// <summary>
/// The override door counts each call once. The program decides and counts on every kernel; where the kernel lets it write no
/// registers, only the answer stays the function's own.
/// </summary>
[Collection("kernel")]
public sealed class KernelCountTests : IDisposable
{
    private static readonly OverrideSupport Supported = new(OverrideObstacle.None, null, null);

    private readonly string _data = Directory.CreateTempSubdirectory("fabric-usage-").FullName;
    private readonly string _tables = TestTables.Folder(TableKind.Bpf);
    private readonly List<Process> _processes = [];
    private readonly FlagTable _table;
    private FlagSet _flags = TestTables.Set(1, ("a", TestTables.Boolean(true)), ("b", TestTables.Boolean(false)), ("out", TestTables.Boolean(true, "DISABLED")));

    public KernelCountTests()
    {
        _table = TestTables.Open(TableKind.Bpf, _tables, TestTables.Owner(capacity: 256), heap: Layout.MaxBlockBytes + 4096);
        _table.Reconcile(1, _flags);
    }

    [Fact]
    public async Task No_call_of_many_threads_is_lost()
    {
        const int Threads = 16, Calls = 10_000;
        using var door = Open();
        var asker = Start("asker", Threads, Calls, "a", "b", "out", "nobody-has-this");
        await AttachAsync(door, "asker");
        for (var round = 1; round <= 2; round++)
        {
            Ask(asker);
            var each = round * Threads * Calls / 4;
            Assert.Equal((0, each), Counted("a"));
            Assert.Equal((0, 0, each), (Counter("b", 0), Counter("b", 1), Counter("b", 2)));
            Assert.Equal((each, 0), Counted("out"));
            Assert.Equal((each, 0), Counted("nobody-has-this"));
        }

        Assert.All(Rows(), row => Assert.Equal(Path.Combine(_data, "asker"), row.Exe));
        Assert.All(Rows(), static row => Assert.InRange(row.First, DateTimeOffset.UtcNow - TimeSpan.FromMinutes(5), DateTimeOffset.UtcNow));
        Assert.Equal(0, _table.Usage.Read().Kernel!.Beyond);
    }

    [Fact]
    public async Task Counts_outlive_the_program_the_table_and_the_node()
    {
        using (var door = Open())
        {
            var asker = Start("asker", 2, 1000, "a");
            await AttachAsync(door, "asker");
            Ask(asker);
            Put("a", TestTables.Boolean(false));
            Ask(asker);
            // More than the heap has room for: the table moves, and the program with it.
            Put([.. Enumerable.Range(0, 200).Select(static i => ($"other-{i}", TestTables.Percent(i % 100)))]);
            Ask(asker);
        }

        var epoch = _table.Usage.Read().Kernel!.Epoch;
        using var next = Open();
        var again = Start("asker", 2, 1000, "a");
        await AttachAsync(next, "asker");
        Ask(again);
        Assert.Equal((0, 2000, 6000), (Counter("a", 0), Counter("a", 1), Counter("a", 2)));
        Assert.Equal(epoch, _table.Usage.Read().Kernel!.Epoch);
    }

    [Fact]
    public async Task Each_executable_is_told_from_the_others()
    {
        using var door = Open();
        string[] names = ["one", "two"];
        foreach (var name in names)
        {
            var asker = Start(name, 1, name.Length * 100, "a");
            await AttachAsync(door, name);
            Ask(asker);
        }

        Assert.Equal(
            names.Select(name => (Path.Combine(_data, name), 300L)),
            Rows().GroupBy(static row => row.Exe!).Select(static exe => (exe.Key, exe.Sum(static row => row.Counts.Sum()))).OrderBy(static exe => exe.Key));
    }

    [Fact]
    public async Task Another_flag_in_a_deleted_flags_place_gets_its_own_calls()
    {
        using var door = Open();
        var asker = Start("asker", 1, 1000, "a", "later");
        await AttachAsync(door, "asker");
        for (var round = 0; round < 10; round++)
        {
            Delete(round % 2 == 0 ? "a" : "later");
            Put(round % 2 == 0 ? "later" : "a", TestTables.Boolean(true));
            Ask(asker);
        }

        Assert.Equal((2500, 2500), Counted("a"));
        Assert.Equal((2500, 2500), Counted("later"));
    }

    [Fact]
    public async Task Names_that_no_flag_has_take_only_so_much_room()
    {
        using var door = Open();
        var names = Enumerable.Range(0, 5000).Select(static i => $"typo-{i}").ToArray();
        var asker = Start("asker", 1, 10_000, names);
        await AttachAsync(door, "asker");
        Ask(asker);
        var kernel = _table.Usage.Read().Kernel!;
        Assert.InRange(kernel.Rows.Count, 1, KernelCounters.MinCells / 4);
        Assert.Equal(10_000, kernel.Rows.Sum(static row => row.Counts.Sum()) + kernel.Beyond);

        // A flag is counted all the same.
        var sane = Start("asker", 1, 100, "a");
        Ask(sane);
        Assert.Equal((0, 100), Counted("a"));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 128)]
    public async Task Rules_are_evaluated_with_their_task_and_where_that_has_no_memory_in_a_spare_place(bool own, uint spare)
    {
        PutRule();
        using var door = Open(table => Load(table, own, spare));
        var asker = Start("asker", 16, 1000, "ruled");
        await AttachAsync(door, "asker");
        Ask(asker);

        Assert.Equal((0, 16_000), Counted("ruled"));
        Assert.Equal(0, _table.Usage.Read().Kernel!.OutOfMemory);
        Assert.All(Rows(), row => Assert.Equal(Path.Combine(_data, "asker"), row.Exe));
    }

    [Fact]
    public async Task A_rule_that_finds_no_memory_leaves_the_programs_default_and_is_counted()
    {
        PutRule();
        using var door = Open(static table => Load(table, own: false, spare: 0));
        var asker = Start("asker", 4, 1000, "ruled", "a");
        await AttachAsync(door, "asker");
        Ask(asker);

        Assert.Equal((0, 2000), Counted("a"));
        Assert.Equal(0, Rows().Where(static row => row.Name == "ruled" && row.Variants != 0).Sum(static row => row.Counts.Sum()));
        Assert.Equal(2000, _table.Usage.Read().Kernel!.OutOfMemory);
    }

    [Fact]
    public void Counters_of_another_fabric_are_replaced_and_those_of_another_size_are_kept()
    {
        var path = KernelCounters.PathFor(_table.Path);
        using var first = KernelCounters.OpenOrCreate(path, TestTables.FabricId, 1024);
        using var same = KernelCounters.OpenOrCreate(path, TestTables.FabricId, 2048);
        Assert.Equal((Epoch(first), 1024), (Epoch(same), same.CellCount));
        using var foreign = KernelCounters.OpenOrCreate(path, Guid.NewGuid(), 2048);
        Assert.Equal(2048, foreign.CellCount);
        Assert.NotEqual(Epoch(first), Epoch(foreign));
        Assert.Null(KernelCounters.TryOpen(path, TestTables.FabricId));
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        _table.Dispose();
        Directory.Delete(_tables, recursive: true);
        Directory.Delete(_data, recursive: true);
    }

    private static string Epoch(KernelCounters counters) => counters.Read(TimeProvider.System).Epoch;

    private static OverrideProgram Load(BpfTableMemory table, bool own = true, uint spare = OverrideProgram.SpareRuns)
    {
        using var counters = table.OpenCounters();
        Assert.NotNull(counters);
        return OverrideProgram.Load(table.ForReaders.Geometry, table.ForReaders.Fd, mayOverride: false, counters, own, spare);
    }

    /// <summary>A flag whose rule takes the whole machine: facts of the process.</summary>
    private void PutRule() => Put("ruled", TestTables.Definition(
        """
        {"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"if":[
          {"and":[{"==":[{"var":"process.comm"},"asker"]},{"ends_with":[{"var":"process.exe"},"/asker"]}]},"on","off"]}}
        """));

    private OverrideDoor Open(Func<BpfTableMemory, OverrideProgram>? load = null)
    {
        var door = OverrideDoor.Open(Path.Combine(_tables, "links"), Supported, new TargetRules(), load ?? (static table => Load(table)));
        door.Serve(_table);
        return door;
    }

    private async Task AttachAsync(OverrideDoor door, string name)
    {
        var attached = await DoorHost.WantAsync(door, new(Path.Combine(_data, name), DoorHost.Symbol));
        Assert.Equal((AttachmentState.Attached, null), (attached.State, attached.Reason));
    }

    /// <summary>Starts a copy of tests/native/asker.c under a name of its own.</summary>
    private Process Start(string name, int threads, int calls, params string[] flags)
    {
        var path = Path.Combine(_data, name);
        if (!File.Exists(path))
            File.Copy(Repository.Native("asker"), path);
        var process = Process.Start(new ProcessStartInfo(path, [$"{threads}", $"{calls}", .. flags]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        _processes.Add(process);
        return process;
    }

    private static void Ask(Process asker)
    {
        asker.StandardInput.WriteLine("go");
        Assert.Equal("done", asker.StandardOutput.ReadLine());
    }

    private void Put(string key, Fabric.Flags.Definitions.FlagDefinition definition) => Put((key, definition));

    private void Put(params (string Key, Fabric.Flags.Definitions.FlagDefinition Definition)[] flags) =>
        Apply([.. flags.Select(static flag => new Change.Put(flag.Key, flag.Definition))], [.. flags.Select(static flag => flag.Key)]);

    private void Delete(string key) => Apply([new Change.Delete(key)], [key]);

    private void Apply(Change[] changes, string[] keys)
    {
        _flags = _flags.With(_flags.Revision + 1, changes);
        _table.Apply(_flags.Revision, _flags, keys);
    }

    private IEnumerable<UsageRow> Rows() => _table.Usage.Read().Kernel!.Rows;

    private long Counter(string name, int counter) => Rows().Where(row => row.Name == name).Sum(row => row.Counts[counter]);

    /// <summary>The program's own default, and the first variant.</summary>
    private (long Defaults, long On) Counted(string name) => (Counter(name, 0), Counter(name, 1));
}
