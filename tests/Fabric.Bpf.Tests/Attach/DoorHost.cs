using Fabric.Bpf.Attach;
using Fabric.Bpf.Support;
using Fabric.Bpf.Table;
using Fabric.Bpf.Tests.Table;
using System.Diagnostics;

namespace Fabric.Bpf.Tests.Attach;

/// <summary>
/// A host with a table of the kernel's, a program to attach to, and doors one after the other. Where the kernel lets a
/// uprobe write registers the programs' answers change too; where it does not, a program that only decides is attached
/// the same way.
/// </summary>
internal sealed class DoorHost : IDisposable
{
    internal const string Symbol = "is_feature_enabled";
    internal const byte Trap = 0xcc;

    internal static readonly OverrideSupport Support = OverrideSupport.Probe();
    internal static readonly OverrideSupport Supported = new(OverrideObstacle.None, null, null);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _tables = TestTables.Folder(TableKind.Bpf);
    private long _revision;

    internal DoorHost(long? heap = null)
    {
        Exe = RunningTarget.BuildC(Data);
        Table = TestTables.Open(TableKind.Bpf, _tables, TestTables.Owner(capacity: 512), heap);
        Put(on: true);
    }

    internal static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A folder for files.</summary>
    internal string Data { get; } = Directory.CreateTempSubdirectory("fabric-door-").FullName;

    /// <summary>The program that asks for flags.</summary>
    internal string Exe { get; }

    internal FlagTable Table { get; private set; }

    internal string TablePath => Path.Combine(_tables, "table");

    /// <summary>Where links are pinned.</summary>
    internal string Links => Path.Combine(_tables, "links");

    internal string[] Pinned => Directory.Exists(Links) ? Directory.GetFiles(Links) : [];

    /// <summary>The door of a node that has opened this table.</summary>
    internal OverrideDoor Open()
    {
        var door = Open(Links);
        door.Serve(Table);
        return door;
    }

    /// <summary>A door that has no table yet.</summary>
    internal static OverrideDoor Open(string links) => OverrideDoor.Open(links, Supported, new TargetRules(), Load);

    internal static async Task<Attachment> WantAsync(OverrideDoor door, AttachmentRequest request)
    {
        door.Want([request]);
        await door.SettledAsync(Token);
        return Assert.Single(door.List());
    }

    internal static async Task GiveBackAsync(OverrideDoor door)
    {
        door.Want([]);
        await door.SettledAsync(Token);
        Assert.Empty(door.List());
    }

    /// <summary>Waits for what the door does by itself.</summary>
    internal static async Task<Attachment> UntilAsync(OverrideDoor door, Func<Attachment, bool> so)
    {
        var clock = Stopwatch.StartNew();
        Attachment last;
        while (!so(last = Assert.Single(door.List())))
        {
            Assert.True(clock.Elapsed < Patience, $"it did not come to that; the last was {last} of {string.Join("; ", last.Files)}");
            await Task.Delay(10, Token);
        }

        return last;
    }

    /// <summary>Waits for something that is no attachment's.</summary>
    internal static async Task UntilAsync(Func<bool> so, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!so())
        {
            Assert.True(clock.Elapsed < Patience, $"it did not come to that: {what}");
            await Task.Delay(10, Token);
        }
    }

    /// <summary>What the program answers where the kernel lets it be overridden; everywhere else it answers for itself.</summary>
    internal static void Expect(RunningTarget target, string line) => target.WaitFor(Support.Supported ? line : "flag x off");

    /// <summary>A new version of the program takes the place of the one at a path, as package managers do it.</summary>
    internal void Deploy(string? path = null)
    {
        var copy = Path.Combine(Data, "copy");
        File.Copy(Exe, copy, overwrite: true);
        File.Move(copy, path ?? Exe, overwrite: true);
    }

    internal void Put(bool on, int others = 0)
    {
        var flags = Enumerable.Range(0, others).Select(static i => ($"other-{i}", TestTables.Percent(i % 100))).Append(("x", TestTables.Boolean(on)));
        _revision++;
        Table.Reconcile(_revision, TestTables.Set(_revision, [.. flags]));
    }

    /// <summary>The table as a node finds it that was started again.</summary>
    internal void Reopen(TableOwner? owner = null)
    {
        Table.Dispose();
        Table = TestTables.Open(TableKind.Bpf, _tables, owner ?? TestTables.Owner(capacity: 512));
    }

    public void Dispose()
    {
        Table.Dispose();
        Directory.Delete(_tables, recursive: true);
        Directory.Delete(Data, recursive: true);
    }

    private static OverrideProgram Load(BpfTableMemory table) => Support.Supported
        ? OverrideProgram.Load(table)
        : OverrideProgram.Load(table.ForReaders.Geometry, table.ForReaders.Fd, mayOverride: false);
}
