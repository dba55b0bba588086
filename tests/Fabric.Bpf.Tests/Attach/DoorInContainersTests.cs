using Fabric.Bpf.Attach;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Tests.Elf;
using Fabric.Tests.Shared;

namespace Fabric.Bpf.Tests.Attach;

/// <summary>The same path in a container leads to another file, which may be one with the host's in truth.</summary>
[Collection("kernel")]
public sealed class DoorInContainersTests : IDisposable
{
    private readonly DoorHost _host = new();
    private readonly string _layers = Directory.CreateTempSubdirectory("fabric-layers-").FullName;

    [Fact]
    public async Task A_file_that_only_a_container_has_is_attached_while_the_container_lives()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_host.Data, "own")).FullName;
        var path = Path.Combine(folder, "program");
        using var door = _host.Open();
        Assert.Equal(AttachmentState.Absent, (await DoorHost.WantAsync(door, new(path, DoorHost.Symbol))).State);
        using var container = Contain($"mount -t tmpfs tmpfs {folder} && cp {_host.Exe} {path} && exec {path} x");
        var attached = await DoorHost.UntilAsync(door, static one => one.State == AttachmentState.Attached);
        var file = Assert.Single(attached.Files);
        Assert.StartsWith("/proc/", file.Path, StringComparison.Ordinal);
        Assert.EndsWith($"/root{path}", file.Path, StringComparison.Ordinal);
        Assert.NotNull(file.Container);
        DoorHost.Expect(container, "flag x on");
        Assert.Equal(DoorHost.Trap, container.CodeAt(path, file.FileOffset!.Value, 1)[0]);
        container.Dispose();
        await DoorHost.UntilAsync(door, static one => one is { State: AttachmentState.Absent, Files: [] });
        Assert.Empty(_host.Pinned);
    }

    [Fact]
    public async Task A_mount_namespace_with_the_hosts_own_file_changes_nothing()
    {
        using var door = _host.Open();
        var before = await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol));
        var changes = 0;
        door.Changed += () => Interlocked.Increment(ref changes);
        using var container = Contain($"exec {_host.Exe} x");
        container.WaitFor(DoorHost.Support.Supported ? "flag x on" : "flag x off");
        await Task.Delay(2500, DoorHost.Token); // some looks at all namespaces
        Assert.Equal(before, Assert.Single(door.List()));
        Assert.Equal(0, Volatile.Read(ref changes));
        await DoorHost.GiveBackAsync(door);
    }

    [Fact]
    public async Task Containers_that_share_a_file_share_its_link_and_one_that_writes_it_gets_its_own()
    {
        using var door = _host.Open();
        await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol));
        using var one = Overlay("one");
        using var two = Overlay("two");
        var shared = await DoorHost.UntilAsync(door, static all => all.Files.Length == 3 && all.Files.All(static file => file.State == AttachmentState.Attached));
        Assert.Equal(3, shared.Files.Select(static file => (file.Device, file.Inode)).Distinct().Count());
        Assert.Single(_host.Pinned);
        DoorHost.Expect(one, "flag x on");
        DoorHost.Expect(two, "flag x on");
        using (var host = RegularFile.Open(_host.Exe))
        using (var below = RegularFile.Open($"/proc/{one.Id}/root{_host.Exe}"))
        using (var other = RegularFile.Open("/bin/true"))
        {
            Assert.True(SameContent.HaveOneFrame(host, below));
            Assert.True(SameContent.HaveOneHandle(host, below));
            Assert.False(SameContent.HaveOneFrame(other, below));
            Assert.False(SameContent.HaveOneHandle(other, below));
        }

        // Its time alone is set, and yet the container has a copy of its own from here on.
        File.SetLastWriteTimeUtc($"/proc/{one.Id}/root{_host.Exe}", new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await DoorHost.UntilAsync(() => _host.Pinned.Length == 2, "the copy has a link");
        Assert.Equal(3, Assert.Single(door.List()).Files.Length);
        one.Dispose();
        await DoorHost.UntilAsync(door, static all => all.Files.Length == 2);
        Assert.Single(_host.Pinned);
        DoorHost.Expect(two, "flag x on");
        await DoorHost.GiveBackAsync(door);
    }

    [Fact]
    public async Task A_container_that_shared_the_link_of_a_file_that_goes_is_answered_for_all_the_same()
    {
        using var door = _host.Open();
        await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol));
        using var container = Overlay("one");
        await DoorHost.UntilAsync(door, static all => all.Files.Length == 2);
        var before = Assert.Single(_host.Pinned);
        var file = Assert.Single(door.List()).Files[1];
        File.Delete(_host.Exe);
        await DoorHost.UntilAsync(() => _host.Pinned is [var pin] && pin != before, "the container has a link of its own");
        await DoorHost.UntilAsync(door, all => all.Files is [{ State: AttachmentState.Attached } only] && only.Device == file.Device);
        DoorHost.Expect(container, "flag x on");
        await DoorHost.GiveBackAsync(door);
    }

    [Fact]
    public async Task A_link_leads_where_it_leads_in_the_container()
    {
        var root = Path.Combine(_layers, "root");
        var program = Path.Combine(root, "opt/inner/program");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        Binaries.Run("cc", $"-O2 -static -o {program} {Path.Combine(RepositoryRoot.Path, "tests/vm/targets/target.c")}");
        var path = Path.Combine(_host.Data, "link");
        Directory.CreateDirectory($"{root}{_host.Data}");
        File.CreateSymbolicLink($"{root}{path}", "/opt/inner/program");

        using var door = _host.Open();
        await DoorHost.WantAsync(door, new(path, DoorHost.Symbol));
        using var container = Contain($"exec chroot {root} {path} x");
        var attached = await DoorHost.UntilAsync(door, static one => one.State == AttachmentState.Attached);
        Assert.NotNull(Assert.Single(attached.Files).Container);
        DoorHost.Expect(container, "flag x on");
        await DoorHost.GiveBackAsync(door);
    }

    public void Dispose()
    {
        _host.Dispose();
        Directory.Delete(_layers, recursive: true);
    }

    /// <summary>A process in a mount namespace of its own that runs the host's program from an overlay.</summary>
    private RunningTarget Overlay(string name)
    {
        var layers = Directory.CreateDirectory(Path.Combine(_layers, name)).FullName;
        return Contain($"mount -t tmpfs tmpfs {layers} && mkdir {layers}/up {layers}/work"
            + $" && mount -t overlay overlay -o lowerdir={_host.Data},upperdir={layers}/up,workdir={layers}/work {_host.Data} && cd / && exec {_host.Exe} x");
    }

    private static RunningTarget Contain(string script) =>
        RunningTarget.Start("unshare", "--mount", "--propagation", "private", "sh", "-c", script);
}
