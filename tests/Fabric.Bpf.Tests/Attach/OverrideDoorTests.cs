using Fabric.Bpf.Attach;
using Fabric.Bpf.Elf;
using Fabric.Bpf.Support;
using Fabric.Bpf.Table;
using Fabric.Bpf.Tests.Table;

namespace Fabric.Bpf.Tests.Attach;

/// <summary>The door with a real table, real probes and a running program.</summary>
[Collection("kernel")]
public sealed class OverrideDoorTests : IDisposable
{
    private readonly DoorHost _host = new(heap: Layout.MaxBlockBytes + 4096);

    [Fact]
    public async Task A_function_is_answered_for_while_it_is_wanted()
    {
        using var target = RunningTarget.Start(_host.Exe, "x");
        target.WaitFor("flag x off");
        using var door = _host.Open();
        var attached = await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol));
        var file = Assert.Single(attached.Files);
        Assert.Equal((AttachmentState.Attached, null, AttachmentAbi.C, ProbeKind.Int3), (attached.State, attached.Reason, file.Abi, file.Kind));
        Assert.Equal((_host.Exe, null, AttachmentState.Attached), (file.Path, file.Container, file.State));
        Assert.Equal(DoorHost.Trap, target.CodeAt(_host.Exe, file.FileOffset!.Value, 1)[0]);
        DoorHost.Expect(target, "flag x on");
        _host.Put(on: false);
        DoorHost.Expect(target, "flag x off");
        _host.Put(on: true);
        DoorHost.Expect(target, "flag x on");

        await DoorHost.GiveBackAsync(door);
        Assert.NotEqual(DoorHost.Trap, target.CodeAt(_host.Exe, file.FileOffset!.Value, 1)[0]);
        target.WaitFor("flag x off");
        Assert.Empty(_host.Pinned);
    }

    [Fact]
    public async Task Attachments_follow_a_table_that_moves()
    {
        using var target = RunningTarget.Start(_host.Exe, "x");
        using var door = _host.Open();
        var attached = await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol));
        DoorHost.Expect(target, "flag x on");
        var before = Assert.Single(_host.Pinned);
        var moves = 0;
        _host.Table.Moved += _ => moves++;
        _host.Put(on: true, others: 200); // more than the heap has room for
        Assert.True(moves > 0);
        Assert.Equal(attached, Assert.Single(door.List()));
        Assert.NotEqual(before, Assert.Single(_host.Pinned));
        Assert.Equal(DoorHost.Trap, target.CodeAt(_host.Exe, attached.Files[0].FileOffset!.Value, 1)[0]);
        _host.Put(on: false, others: 200);
        DoorHost.Expect(target, "flag x off");
        _host.Put(on: true, others: 200);
        DoorHost.Expect(target, "flag x on");
        await DoorHost.GiveBackAsync(door);
    }

    [Fact]
    public async Task What_cannot_be_attached_is_refused_with_the_reason_and_what_is_not_there_is_absent()
    {
        using var door = _host.Open();
        (string Exe, string Symbol, AttachmentState State, string Reason)[] refused =
        [
            ("target", DoorHost.Symbol, AttachmentState.Refused, "not an absolute path"),
            ("/nowhere", DoorHost.Symbol, AttachmentState.Absent, "there is no file /nowhere"),
            ("/etc/passwd/x", DoorHost.Symbol, AttachmentState.Absent, "there is no file /etc/passwd/x"),
            (_host.Data, DoorHost.Symbol, AttachmentState.Refused, "is not a regular file"),
            ("/dev/null", DoorHost.Symbol, AttachmentState.Refused, "is not a regular file"),
            ("/proc/self/maps", DoorHost.Symbol, AttachmentState.Refused, "it is not an ELF file"),
            ("/etc/passwd", DoorHost.Symbol, AttachmentState.Refused, "it is not an ELF file"),
            (_host.Exe, "no_such_function", AttachmentState.Refused, "has no function called no_such_function"),
        ];
        foreach (var (exe, symbol, state, reason) in refused)
        {
            var answer = await DoorHost.WantAsync(door, new(exe, symbol));
            Assert.Equal(state, answer.State);
            Assert.Contains(reason, answer.Reason, StringComparison.Ordinal);
        }

        Assert.Empty(_host.Pinned);
    }

    [Fact]
    public async Task Only_a_file_with_one_of_the_build_ids_is_attached()
    {
        using var door = _host.Open();
        var any = await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol));
        var id = any.Files[0].BuildId!;
        var other = await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol) { BuildIds = ["00ff", "11ee"] });
        Assert.Equal(AttachmentState.Refused, other.State);
        foreach (var part in new[] { id, "00ff", "11ee" })
            Assert.Contains(part, other.Reason, StringComparison.Ordinal);
        Assert.Empty(_host.Pinned);
        var right = await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol) { BuildIds = ["00ff", id] });
        Assert.Equal((AttachmentState.Attached, id), (right.State, right.Files[0].BuildId));
        await DoorHost.GiveBackAsync(door);
    }

    [Fact]
    public async Task Without_support_or_without_a_table_in_the_kernel_the_reason_is_said()
    {
        using var without = OverrideDoor.Open(_host.Links, new(OverrideObstacle.NoRights, "no rights", "get some"), new TargetRules(), static _ => throw new InvalidOperationException());
        without.Serve(_host.Table);
        Assert.Equal("no rights; get some", (await DoorHost.WantAsync(without, new(_host.Exe, DoorHost.Symbol))).Reason);

        var folder = TestTables.Folder(TableKind.File);
        using var file = TestTables.Open(TableKind.File, folder);
        using var door = DoorHost.Open(_host.Links);
        Assert.Equal("this node's table is not open yet", (await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol))).Reason);
        door.Serve(file);
        await door.SettledAsync(DoorHost.Token);
        Assert.Equal("this node's table is a file, which the kernel cannot answer from", Assert.Single(door.List()).Reason);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_function_that_is_wanted_otherwise_is_attached_otherwise()
    {
        using var door = _host.Open();
        var changes = 0;
        door.Changed += () => Interlocked.Increment(ref changes);
        await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol));
        var before = Assert.Single(_host.Pinned);
        var go = await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol, AttachmentAbi.Go, AttachmentSignature.FlagAndKey));
        Assert.Equal(AttachmentAbi.Go, go.Files[0].Abi);
        Assert.NotEqual(before, Assert.Single(_host.Pinned));
        Assert.Equal(2, Volatile.Read(ref changes));
        await DoorHost.WantAsync(door, go.Request);
        Assert.Equal(2, Volatile.Read(ref changes)); // nothing changed
        await DoorHost.GiveBackAsync(door);
    }

    public void Dispose() => _host.Dispose();
}
