using Fabric.Bpf.Attach;
using Fabric.Bpf.Table;

namespace Fabric.Bpf.Tests.Attach;

/// <summary>What is pinned on a host can be listed and given back without any node.</summary>
[Collection("kernel")]
public sealed class PinnedLinksTests : IDisposable
{
    private readonly DoorHost _host = new();
    private readonly string _root;

    // The nodes' folders of this host: the host's own table belongs to the node called a.
    public PinnedLinksTests() => _root = Path.GetDirectoryName(_host.TablePath)!;

    private string LinksOfA => Path.Combine(_root, "a", LinkPins.Links);

    [Fact]
    public async Task What_a_living_node_attached_is_listed_and_left_alone()
    {
        using var door = Open();
        var attached = await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol));
        var pinned = Assert.Single(PinnedLinks.List(_root));
        Assert.Equal(("a", true, attached.Id, _host.Exe, attached.Files[0].FileOffset), (pinned.Node, pinned.NodeRuns, pinned.Attachment, pinned.File, pinned.Offset));
        var cleaned = PinnedLinks.RemoveAll(_root);
        Assert.Equal(["a"], cleaned.Running);
        Assert.Empty(cleaned.Removed);
        Assert.True(File.Exists(pinned.Pin));
        Assert.True(File.Exists(_host.TablePath));
    }

    [Fact]
    public async Task A_node_that_has_attached_nothing_keeps_its_table_while_it_lives()
    {
        using (var door = Open())
        {
            await DoorHost.GiveBackAsync(door);
            Assert.Equal(["a"], PinnedLinks.RemoveAll(_root).Running);
            Assert.True(File.Exists(_host.TablePath));
        }

        Assert.Equal([_host.TablePath], PinnedLinks.RemoveAll(_root).Removed);
    }

    [Fact]
    public async Task What_a_node_left_that_is_no_more_is_given_back()
    {
        using var target = RunningTarget.Start(_host.Exe, "x");
        Attachment attached;
        using (var door = Open())
            attached = await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol));
        DoorHost.Expect(target, "flag x on");
        var left = Assert.Single(PinnedLinks.List(_root));
        Assert.False(left.NodeRuns);

        var beside = $"{_host.TablePath}-beside";
        BpfTableMemory.Pin(((BpfTableMemory)_host.Table.Memory).ForReaders.Fd, beside);
        var cleaned = PinnedLinks.RemoveAll(_root);
        Assert.Equal([left.Pin, _host.TablePath, beside], cleaned.Removed);
        Assert.Empty(cleaned.Running.Concat(cleaned.Failed));
        await DoorHost.UntilAsync(() => target.CodeAt(_host.Exe, attached.Files[0].FileOffset!.Value, 1)[0] != DoorHost.Trap, "the probe is gone");
        target.WaitFor("flag x off");
        Assert.Empty(PinnedLinks.List(_root));
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public async Task Nobody_but_the_nodes_user_can_hold_the_folders_lock()
    {
        using var door = Open();
        await DoorHost.GiveBackAsync(door);
        var mode = new DirectoryInfo(LinksOfA).UnixFileMode;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, mode);
    }

    [Fact]
    public void A_host_where_nothing_is_pinned_is_clean() =>
        Assert.Equal((0, 0), (PinnedLinks.List(Path.Combine(_root, "nowhere")).Count, PinnedLinks.RemoveAll(Path.Combine(_root, "nowhere")).Removed.Count));

    public void Dispose() => _host.Dispose();

    private OverrideDoor Open()
    {
        var door = DoorHost.Open(LinksOfA);
        door.Serve(_host.Table);
        return door;
    }
}
