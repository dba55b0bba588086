using Fabric.Bpf.Attach;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;

namespace Fabric.Bpf.Tests.Attach;

/// <summary>What is attached outlives the node that attached it.</summary>
[Collection("kernel")]
public sealed class PinnedDoorTests : IDisposable
{
    private readonly DoorHost _host = new();

    private AttachmentRequest Request => new(_host.Exe, DoorHost.Symbol);

    [Fact]
    public async Task A_node_that_ends_leaves_its_functions_attached_and_the_next_one_goes_on_with_the_same_links()
    {
        using var target = RunningTarget.Start(_host.Exe, "x");
        var attached = await AttachAndEndAsync();
        var left = Assert.Single(_host.Pinned);
        Assert.Equal(DoorHost.Trap, target.CodeAt(_host.Exe, attached.Files[0].FileOffset!.Value, 1)[0]);
        DoorHost.Expect(target, "flag x on");

        _host.Reopen();
        using var next = _host.Open();
        await next.SettledAsync(DoorHost.Token);
        Assert.Equal(left, Assert.Single(_host.Pinned)); // nobody has said yet what is wanted
        Assert.Equal(attached, await DoorHost.WantAsync(next, Request));
        Assert.Equal(left, Assert.Single(_host.Pinned));
        _host.Put(on: false);
        DoorHost.Expect(target, "flag x off");
        _host.Put(on: true);
        DoorHost.Expect(target, "flag x on");
        await DoorHost.GiveBackAsync(next);
        Assert.Empty(_host.Pinned);
        Assert.NotEqual(DoorHost.Trap, target.CodeAt(_host.Exe, attached.Files[0].FileOffset!.Value, 1)[0]);
    }

    [Fact]
    public async Task What_an_earlier_node_left_and_nobody_wants_is_given_back()
    {
        await AttachAndEndAsync();
        using var next = _host.Open();
        await DoorHost.GiveBackAsync(next);
        Assert.Empty(_host.Pinned);
    }

    [Fact]
    public async Task A_link_to_another_table_is_replaced_once_the_new_table_has_answers()
    {
        var attached = await AttachAndEndAsync();
        var left = Assert.Single(_host.Pinned);
        _host.Reopen(new TableOwner(Guid.NewGuid(), "a", 512));
        using var next = _host.Open();
        next.Want([Request]);
        await Task.Delay(500, DoorHost.Token);
        Assert.False(next.SettledAsync(DoorHost.Token).IsCompleted);
        Assert.Equal(left, Assert.Single(_host.Pinned));
        _host.Put(on: true);
        await next.SettledAsync(DoorHost.Token);
        Assert.Equal(attached, Assert.Single(next.List()));
        Assert.NotEqual(left, Assert.Single(_host.Pinned));
        await DoorHost.GiveBackAsync(next);
    }

    [Fact]
    public async Task A_link_of_another_program_is_replaced()
    {
        var attached = await AttachAndEndAsync();
        Assert.Equal(0, Libc.unlink(Assert.Single(_host.Pinned)));
        var (table, geometry) = ((BpfTableMemory)_host.Table.Memory).ForReaders;
        var file = attached.Files[0];
        string left;
        using (var other = BpfObject.Load(Programs.Empty, geometry, table))
        using (var link = UprobeLink.Attach(other.Program, _host.Exe, file.FileOffset!.Value, cookie: 0))
        {
            left = Path.Combine(_host.Links, new LinkName(attached.Id, (ulong)file.Device, (ulong)file.Inode, "0123456789abcdef+1", link.Info!.Id).ToString());
            Assert.True(link.Pin(left));
        }

        using var next = _host.Open();
        Assert.Equal(attached, await DoorHost.WantAsync(next, Request));
        Assert.NotEqual(left, Assert.Single(_host.Pinned));
        await DoorHost.GiveBackAsync(next);
    }

    [Fact]
    public async Task A_replaced_file_that_is_still_run_stays_answered_for_by_the_next_node()
    {
        using var old = RunningTarget.Start(_host.Exe, "x");
        var attached = await AttachAndEndAsync();
        _host.Deploy();
        using var next = _host.Open();
        var both = await DoorHost.WantAsync(next, Request);
        Assert.Equal(2, both.Files.Length);
        Assert.Equal(attached.Files[0].Inode, both.Files[1].Inode);
        Assert.Equal(2, _host.Pinned.Length);
        DoorHost.Expect(old, "flag x on");
        _host.Put(on: false);
        DoorHost.Expect(old, "flag x off");
        old.Dispose();
        await DoorHost.UntilAsync(next, static one => one.Files.Length == 1);
        await DoorHost.GiveBackAsync(next);
    }

    [Fact]
    public async Task A_file_that_was_copied_over_meanwhile_gets_a_link_of_its_own()
    {
        var attached = await AttachAndEndAsync();
        var left = Assert.Single(_host.Pinned);
        _host.Deploy();
        using var next = _host.Open();
        var again = await DoorHost.WantAsync(next, Request);
        Assert.Single(again.Files);
        Assert.NotEqual(attached.Files[0].Inode, again.Files[0].Inode);
        Assert.NotEqual(left, Assert.Single(_host.Pinned));
        await DoorHost.GiveBackAsync(next);
    }

    [Fact]
    public async Task Pins_that_somebody_removed_are_put_back_and_so_is_the_tables()
    {
        using var door = _host.Open();
        await DoorHost.WantAsync(door, Request);
        Assert.Equal(0, Libc.unlink(Assert.Single(_host.Pinned)));
        Directory.Delete(_host.Links);
        Assert.Equal(0, Libc.unlink(_host.TablePath));
        await DoorHost.UntilAsync(() => _host.Pinned.Length == 1 && File.Exists(_host.TablePath), "the pins are back");
        using (var found = FoundTable.Open(_host.TablePath))
            Assert.NotNull(found);
        await DoorHost.GiveBackAsync(door);
        Assert.Empty(_host.Pinned);
    }

    [Fact]
    public async Task A_second_node_of_the_same_name_leaves_the_links_of_the_living_one_alone()
    {
        using var first = _host.Open();
        await DoorHost.WantAsync(first, Request);
        var left = Assert.Single(_host.Pinned);
        using (var second = _host.Open())
        {
            await DoorHost.GiveBackAsync(second);
            Assert.Equal(left, Assert.Single(_host.Pinned));
            await DoorHost.WantAsync(second, Request);
            Assert.Equal(left, Assert.Single(_host.Pinned));
        }

        await DoorHost.GiveBackAsync(first);
        Assert.Empty(_host.Pinned);
    }

    public void Dispose() => _host.Dispose();

    private async Task<Attachment> AttachAndEndAsync()
    {
        using var door = _host.Open();
        return await DoorHost.WantAsync(door, Request);
    }
}
