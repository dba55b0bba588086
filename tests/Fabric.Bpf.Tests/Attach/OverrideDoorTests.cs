using Fabric.Bpf.Attach;
using Fabric.Bpf.Elf;
using Fabric.Bpf.Support;
using Fabric.Bpf.Table;
using Fabric.Bpf.Tests.Table;
using Fabric.Tests.Shared;

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
    public void A_function_is_answered_for_while_it_is_attached()
    {
        using var target = RunningTarget.Start(_exe, "x");
        target.WaitFor("flag x off");
        using var door = Open();
        var attached = door.Attach(new(_exe, Symbol));
        Assert.Equal((AttachmentState.Attached, null, AttachmentAbi.C, ProbeKind.Int3), (attached.State, attached.Reason, attached.Abi, attached.Kind));
        Assert.Equal(0xcc, target.CodeAt(_exe, attached.FileOffset!.Value, 1)[0]);
        Expect(target, "flag x on");
        Put(on: false);
        Expect(target, "flag x off");
        Put(on: true);
        Expect(target, "flag x on");

        Assert.Equal(attached, Assert.Single(door.List()));
        Assert.Equal(attached, door.Detach(attached.Id));
        Assert.NotEqual(0xcc, target.CodeAt(_exe, attached.FileOffset!.Value, 1)[0]);
        target.WaitFor("flag x off");
        Assert.Empty(door.List());
        Assert.Null(door.Detach(attached.Id));
    }

    [Fact]
    public void What_was_attached_is_attached_again_at_the_next_start()
    {
        Attachment attached;
        using (var door = Open())
        {
            attached = door.Attach(new(_exe, Symbol));
            door.Attach(new(_exe, "is_feature_enabled_for", AttachmentAbi.C, AttachmentSignature.FlagAndKey));
        }

        using var next = OverrideDoor.Open(_data, Support.Supported ? Support : Supported, new TargetRules(), Load);
        Assert.All(next.List(), static one => Assert.Equal((AttachmentState.Refused, "this node's table is not open yet"), (one.State, one.Reason)));
        next.Serve(_table);
        Assert.All(next.List(), static one => Assert.Equal(AttachmentState.Attached, one.State));
        Assert.Equal(2, next.List().Count);
        Assert.Contains(attached, next.List());

        next.Detach(attached.Id);
        File.Delete(_exe);
        using var last = Open();
        var missing = Assert.Single(last.List());
        Assert.Equal(AttachmentState.Refused, missing.State);
        Assert.Contains("cannot open", missing.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Attachments_follow_a_table_that_moves()
    {
        using var target = RunningTarget.Start(_exe, "x");
        using var door = Open();
        var attached = door.Attach(new(_exe, Symbol));
        Expect(target, "flag x on");
        var moves = 0;
        _table.Moved += _ => moves++;
        Put(on: true, others: 200); // more than the heap has room for
        Assert.True(moves > 0);
        Assert.Equal(attached, Assert.Single(door.List()));
        Put(on: false, others: 200);
        Expect(target, "flag x off");
        Put(on: true, others: 200);
        Expect(target, "flag x on");
    }

    [Fact]
    public void A_new_file_at_the_same_path_is_attached_in_the_place_of_the_old()
    {
        using var door = Open();
        var old = door.Attach(new(_exe, Symbol));
        Assert.Equal(old, door.Attach(new(_exe, Symbol)));
        var copy = $"{_exe}.copy";
        File.Copy(_exe, copy);
        File.Move(copy, _exe, overwrite: true);
        using var target = RunningTarget.Start(_exe, "x");
        target.WaitFor("flag x off"); // nothing is attached to this file
        Assert.Equal(AttachmentState.Attached, door.Attach(new(_exe, Symbol)).State);
        Assert.Single(door.List());
        Expect(target, "flag x on");
    }

    [Fact]
    public void What_cannot_be_attached_is_refused_with_the_reason_and_forgotten()
    {
        using var door = Open();
        (AttachmentRequest Request, string Reason)[] refused =
        [
            (new("target", Symbol), "not an absolute path"),
            (new("/nowhere", Symbol), "cannot open /nowhere: No such file"),
            (new(_data, Symbol), "is not a regular file"),
            (new("/dev/null", Symbol), "is not a regular file"),
            (new("/proc/self/maps", Symbol), "it is not an ELF file"),
            (new("/etc/passwd", Symbol), "it is not an ELF file"),
            (new(_exe, "no_such_function"), "has no function called no_such_function"),
        ];
        foreach (var (request, reason) in refused)
        {
            var answer = door.Attach(request);
            Assert.Equal(AttachmentState.Refused, answer.State);
            Assert.Contains(reason, answer.Reason, StringComparison.Ordinal);
        }

        Assert.Empty(door.List());
        Assert.False(File.Exists(Path.Combine(_data, "attachments.json")));
    }

    [Fact]
    public void A_file_that_others_may_write_is_refused_before_it_is_read()
    {
        using var door = Open();
        Elf.Binaries.Run("chmod", $"777 {_exe}");
        Assert.Equal($"others than its owner may write {_exe} (mode 0777); --attach-writable allows it", door.Attach(new(_exe, "no_such_function")).Reason);
        Elf.Binaries.Run("chmod", $"755 {_exe}");
        Assert.Equal(AttachmentState.Attached, door.Attach(new(_exe, Symbol)).State);
    }

    /// <summary>As distributions ship programs: without names, which are in a file of their own.</summary>
    [Fact]
    public void A_function_whose_name_is_in_a_debug_file_is_attached_unless_others_may_write_that()
    {
        var (exe, debug) = (Path.Combine(_data, "shipped"), Path.Combine(_data, "shipped.debug"));
        Elf.Binaries.Run("cc", $"-O2 -g -o {exe} {Path.Combine(RepositoryRoot.Path, "tests/vm/targets/target.c")}");
        Elf.Binaries.Run("objcopy", $"--only-keep-debug {exe} {debug}");
        Elf.Binaries.Run("objcopy", $"--strip-all --add-gnu-debuglink={debug} {exe}");
        using var target = RunningTarget.Start(exe, "x");
        target.WaitFor("flag x off");
        using var door = Open();
        Elf.Binaries.Run("chmod", $"666 {debug}");
        Assert.Contains($"has no function called {Symbol}", door.Attach(new(exe, Symbol)).Reason, StringComparison.Ordinal);
        Elf.Binaries.Run("chmod", $"644 {debug}");
        var attached = door.Attach(new(exe, Symbol));
        Assert.Equal(AttachmentState.Attached, attached.State);
        Assert.Equal(0xcc, target.CodeAt(exe, attached.FileOffset!.Value, 1)[0]);
        Expect(target, "flag x on");
    }

    [Fact]
    public void Without_support_or_without_a_table_in_the_kernel_the_reason_is_said()
    {
        using var without = OverrideDoor.Open(_table, _data, new(OverrideObstacle.NoRights, "no rights", "get some"), new TargetRules());
        Assert.Equal("no rights; get some", without.Attach(new(_exe, Symbol)).Reason);

        var folder = TestTables.Folder(TableKind.File);
        using var file = TestTables.Open(TableKind.File, folder);
        using var door = OverrideDoor.Open(_data, Supported, new TargetRules(), Load);
        door.Serve(file);
        Assert.Equal("this node's table is a file, which the kernel cannot answer from", door.Attach(new(_exe, Symbol)).Reason);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void What_cannot_be_remembered_is_not_attached()
    {
        using var target = RunningTarget.Start(_exe, "x");
        target.WaitFor("flag x off");
        using var door = Open();
        var attached = door.Attach(new(_exe, Symbol));
        Directory.CreateDirectory(Path.Combine(_data, "attachments.json.new"));
        Assert.Throws<AttachmentsUnusableException>(() => door.Attach(new(_exe, "is_feature_enabled_for")));
        Assert.Throws<AttachmentsUnusableException>(() => door.Detach(attached.Id));
        Assert.Equal(attached, Assert.Single(door.List()));
        Assert.Equal(0xcc, target.CodeAt(_exe, attached.FileOffset!.Value, 1)[0]);
    }

    [Fact]
    public void Nothing_is_left_open_by_fifty_rounds()
    {
        var before = 0;
        for (var round = 0; round < 50; round++)
        {
            using var door = Open();
            var attached = door.Attach(new(_exe, Symbol));
            door.Attach(new(_exe, "is_feature_enabled_for", AttachmentAbi.Auto, AttachmentSignature.FlagAndKey));
            door.Attach(new(_exe, "no_such_function"));
            door.Attach(new("/etc/passwd", Symbol));
            Put(on: round % 2 == 0);
            door.Detach(attached.Id);
            if (round == 10)
                before = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.InRange(Directory.GetFileSystemEntries("/proc/self/fd").Length, 0, before + 2);
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

    private OverrideDoor Open()
    {
        var door = OverrideDoor.Open(_data, Supported, new TargetRules(), Load);
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
