using System.Diagnostics;
using Fabric.Bpf.Attach;
using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Tests.Attach;

/// <summary>Attachments are to paths, and files come and go there.</summary>
[Collection("kernel")]
public sealed class DoorFollowsFilesTests : IDisposable
{
    private readonly DoorHost _host = new();

    [Fact]
    public async Task A_file_that_comes_later_is_attached()
    {
        using var door = _host.Open();
        var path = Path.Combine(_host.Data, "later", "deep", "program");
        Assert.Equal(AttachmentState.Absent, (await DoorHost.WantAsync(door, new(path, DoorHost.Symbol))).State);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await Task.Delay(700, DoorHost.Token);
        _host.Deploy(path);
        using var target = RunningTarget.Start(path, "x");
        await DoorHost.UntilAsync(door, static one => one.State == AttachmentState.Attached);
        DoorHost.Expect(target, "flag x on");
        File.Delete(path);
        Directory.Delete(Path.GetDirectoryName(path)!);
        target.Dispose();
        await DoorHost.UntilAsync(door, static one => one is { State: AttachmentState.Absent, Files: [] });
        Assert.Empty(_host.Pinned);
        await DoorHost.GiveBackAsync(door);
    }

    [Fact]
    public async Task A_new_version_is_attached_and_the_old_one_is_answered_for_until_it_ends()
    {
        using var door = _host.Open();
        var first = await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol));
        using var old = RunningTarget.Start(_host.Exe, "x");
        DoorHost.Expect(old, "flag x on");
        _host.Deploy();
        var second = await DoorHost.UntilAsync(door, one => one.Files[0].Inode != first.Files[0].Inode && one.State == AttachmentState.Attached);
        using var young = RunningTarget.Start(_host.Exe, "x");
        DoorHost.Expect(young, "flag x on");

        await Task.Delay(3000, DoorHost.Token); // longer than it takes to see that nobody runs a file
        Assert.Equal(2, Assert.Single(door.List()).Files.Length);
        Assert.Equal($"{_host.Exe} (replaced)", Assert.Single(door.List()).Files[1].Path);
        _host.Put(on: false);
        DoorHost.Expect(old, "flag x off");
        _host.Put(on: true);
        DoorHost.Expect(old, "flag x on");
        Assert.Equal(2, _host.Pinned.Length);

        old.Dispose();
        await DoorHost.UntilAsync(door, static one => one.Files.Length == 1);
        Assert.Single(_host.Pinned);
        Assert.Equal(second.Files[0], Assert.Single(door.List()).Files[0]);
        await DoorHost.GiveBackAsync(door);
    }

    [Fact]
    public async Task A_file_that_is_written_in_place_is_judged_anew()
    {
        using var door = _host.Open();
        var first = await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol));
        var other = Build("-O0");
        File.WriteAllBytes(_host.Exe, File.ReadAllBytes(other));
        var second = await DoorHost.UntilAsync(door, one => one.State == AttachmentState.Attached && one.Files[0].BuildId != first.Files[0].BuildId);
        Assert.Equal(first.Files[0].Inode, second.Files[0].Inode);
        Assert.Single(second.Files);
        Assert.Single(_host.Pinned);
        using var target = RunningTarget.Start(_host.Exe, "x");
        Assert.Equal(DoorHost.Trap, target.CodeAt(_host.Exe, second.Files[0].FileOffset!.Value, 1)[0]);
        if (first.Files[0].FileOffset != second.Files[0].FileOffset)
            Assert.NotEqual(DoorHost.Trap, target.CodeAt(_host.Exe, first.Files[0].FileOffset!.Value, 1)[0]);
        DoorHost.Expect(target, "flag x on");
        target.Dispose();
        File.WriteAllText(_host.Exe, "no program at all");
        await DoorHost.UntilAsync(door, static one => one.State == AttachmentState.Refused);
        Assert.Empty(_host.Pinned);
    }

    [Fact]
    public async Task A_file_that_is_merely_touched_keeps_its_link()
    {
        using var door = _host.Open();
        await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol));
        var before = Assert.Single(_host.Pinned);
        File.SetLastWriteTimeUtc(_host.Exe, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Elf.Binaries.Run("chmod", $"500 {_host.Exe}");
        await Task.Delay(1500, DoorHost.Token);
        Assert.Equal(AttachmentState.Attached, Assert.Single(door.List()).State);
        Assert.Equal(before, Assert.Single(_host.Pinned));
        await DoorHost.GiveBackAsync(door);
    }

    [Fact]
    public async Task A_link_in_the_path_that_changes_is_followed()
    {
        foreach (var release in new[] { "one", "two" })
        {
            Directory.CreateDirectory(Path.Combine(_host.Data, release));
            _host.Deploy(Path.Combine(_host.Data, release, "program"));
        }

        var link = Path.Combine(_host.Data, "current");
        Directory.CreateSymbolicLink(link, "one");
        using var door = _host.Open();
        var first = await DoorHost.WantAsync(door, new(Path.Combine(link, "program"), DoorHost.Symbol));
        Directory.CreateSymbolicLink($"{link}.new", "two");
        Assert.Equal(0, Libc.rename($"{link}.new", link));
        await DoorHost.UntilAsync(door, one => one.Files.Length == 1 && one.Files[0].Inode != first.Files[0].Inode && one.State == AttachmentState.Attached);
        Assert.Single(_host.Pinned);
        await DoorHost.GiveBackAsync(door);
    }

    [Fact]
    public async Task A_library_is_answered_for_in_the_processes_that_loaded_it()
    {
        var library = Path.Combine(_host.Data, "libasks.so");
        var source = Path.Combine(_host.Data, "libasks.c");
        File.WriteAllText(source, "#include <stdbool.h>\nbool is_feature_enabled(const char *flag) { return flag[0] == 0; }\n");
        Elf.Binaries.Run("cc", $"-O2 -shared -fPIC -Wl,--build-id -o {library} {source}");
        using var process = Process.Start(new ProcessStartInfo("/bin/sleep", "600") { Environment = { ["LD_PRELOAD"] = library } })!;
        try
        {
            using var door = _host.Open();
            var attached = await DoorHost.WantAsync(door, new(library, DoorHost.Symbol));
            Assert.Equal(AttachmentState.Attached, attached.State);
            File.Copy(library, $"{library}.new");
            File.Move($"{library}.new", library, overwrite: true);
            await DoorHost.UntilAsync(door, static one => one.Files.Length == 2);
            await Task.Delay(3000, DoorHost.Token);
            Assert.Equal(2, _host.Pinned.Length);
            process.Kill();
            await DoorHost.UntilAsync(door, static one => one.Files.Length == 1);
            await DoorHost.GiveBackAsync(door);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task No_more_replaced_files_are_held_than_the_bound()
    {
        using var door = _host.Open();
        await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol));
        var running = new List<RunningTarget>();
        try
        {
            for (var i = 0; i < HeldAttachment.MaxReplaced + 3; i++)
            {
                var before = Assert.Single(door.List()).Files[0].Inode;
                running.Add(RunningTarget.Start(_host.Exe, "x"));
                running[^1].WaitFor(DoorHost.Support.Supported ? "flag x on" : "flag x off");
                _host.Deploy();
                await DoorHost.UntilAsync(door, one => one.Files[0].Inode != before && one.Files[0].State == AttachmentState.Attached);
            }

            await DoorHost.UntilAsync(door, static one => one.Files.Length == HeldAttachment.MaxReplaced + 1);
            Assert.Equal(HeldAttachment.MaxReplaced + 1, _host.Pinned.Length);
        }
        finally
        {
            running.ForEach(static one => one.Dispose());
        }

        await DoorHost.UntilAsync(door, static one => one.Files.Length == 1);
        await DoorHost.GiveBackAsync(door);
    }

    public void Dispose() => _host.Dispose();

    private string Build(string optimisation)
    {
        var path = Path.Combine(_host.Data, $"target{optimisation}");
        Elf.Binaries.Run("cc", $"{optimisation} -g -rdynamic -o {path} {Path.Combine(Fabric.Tests.Shared.RepositoryRoot.Path, "tests/vm/targets/target.c")}");
        return path;
    }
}
