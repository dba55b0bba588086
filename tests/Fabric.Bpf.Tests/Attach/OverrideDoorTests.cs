using Fabric.Bpf.Attach;
using Fabric.Bpf.Elf;
using Fabric.Bpf.Support;
using Fabric.Bpf.Table;
using Fabric.Bpf.Tests.Table;

namespace Fabric.Bpf.Tests.Attach;

/// <summary>
/// The door with a real table, real probes and a running program. Where the kernel lets a uprobe write registers the
/// programs' answers change too; where it does not, a program that only decides is attached the same way.
/// </summary>
[Collection("kernel")]
public sealed class OverrideDoorTests : IDisposable
{
    private const string Symbol = "is_feature_enabled";

    private static readonly OverrideSupport Support = OverrideSupport.Probe();
    private static readonly OverrideSupport Supported = new(OverrideObstacle.None, null, null);

    private readonly string _data = Directory.CreateTempSubdirectory("fabric-door-").FullName;
    private readonly string _tables = TestTables.Folder(TableKind.Bpf);
    private readonly string _exe;
    private readonly FlagTable _table;
    private long _revision;

    public OverrideDoorTests()
    {
        _exe = RunningTarget.BuildC(_data);
        _table = TestTables.Open(TableKind.Bpf, _tables, TestTables.Owner(capacity: 512), heap: Layout.MaxBlockBytes + 4096);
        Put(on: true);
    }

    [Fact]
    public async Task A_function_is_answered_for_while_it_is_wanted()
    {
        using var target = RunningTarget.Start(_exe, "x");
        target.WaitFor("flag x off");
        using var door = Open();
        var attached = await WantAsync(door, new AttachmentRequest(_exe, Symbol));
        var file = Assert.Single(attached.Files);
        Assert.Equal((AttachmentState.Attached, null, AttachmentAbi.C, ProbeKind.Int3), (attached.State, attached.Reason, file.Abi, file.Kind));
        Assert.Equal(0xcc, target.CodeAt(_exe, file.FileOffset!.Value, 1)[0]);
        Expect(target, "flag x on");
        Put(on: false);
        Expect(target, "flag x off");
        Put(on: true);
        Expect(target, "flag x on");

        door.Want([]);
        await door.SettledAsync(Token);
        Assert.NotEqual(0xcc, target.CodeAt(_exe, file.FileOffset!.Value, 1)[0]);
        target.WaitFor("flag x off");
        Assert.Empty(door.List());
    }

    public void Dispose()
    {
        _table.Dispose();
        Directory.Delete(_tables, recursive: true);
        Directory.Delete(_data, recursive: true);
    }

    private static OverrideProgram Load(BpfTableMemory table) => Support.Supported
        ? OverrideProgram.Load(table)
        : OverrideProgram.Load(table.ForReaders.Geometry, table.ForReaders.Fd, mayOverride: false);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<Attachment> WantAsync(OverrideDoor door, AttachmentRequest request)
    {
        door.Want([request]);
        await door.SettledAsync(Token);
        return Assert.Single(door.List());
    }

    private OverrideDoor Open()
    {
        var door = OverrideDoor.Open("tests", Supported, Load);
        door.Serve(_table);
        return door;
    }

    /// <summary>What the program answers where the kernel lets it be overridden; everywhere else it answers for itself.</summary>
    private static void Expect(RunningTarget target, string line) => target.WaitFor(Support.Supported ? line : "flag x off");

    private void Put(bool on, int others = 0)
    {
        var flags = Enumerable.Range(0, others).Select(static i => ($"other-{i}", TestTables.Percent(i % 100))).Append(("x", TestTables.Boolean(on)));
        _revision++;
        _table.Reconcile(_revision, TestTables.Set(_revision, [.. flags]));
    }
}
