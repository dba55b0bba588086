using Fabric.Bpf.Attach;
using Fabric.Bpf.Tests.Elf;
using Fabric.Tests.Shared;

namespace Fabric.Bpf.Tests.Attach;

/// <summary>The door and the host's rules of what it may attach to.</summary>
[Collection("kernel")]
public sealed class TrustedTargetTests : IDisposable
{
    private readonly DoorHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_file_that_others_may_write_is_refused_before_it_is_read_and_attached_once_they_may_not()
    {
        using var door = _host.Open();
        Binaries.Run("chmod", $"777 {_host.Exe}");
        Assert.Equal(
            $"others than its owner may write {_host.Exe} (mode 0777); --attach-writable allows it",
            (await DoorHost.WantAsync(door, new(_host.Exe, "no_such_function"))).Reason);
        await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol));
        Binaries.Run("chmod", $"755 {_host.Exe}");
        await DoorHost.UntilAsync(door, static one => one.State == AttachmentState.Attached);
        await DoorHost.GiveBackAsync(door);
    }

    /// <summary>Nothing of the file itself changes.</summary>
    [Fact]
    public async Task A_folder_that_others_may_write_no_more_is_seen()
    {
        using var door = _host.Open();
        Binaries.Run("chmod", $"777 {_host.Data}");
        Assert.StartsWith("others than its owner may change what is in", (await DoorHost.WantAsync(door, new(_host.Exe, DoorHost.Symbol))).Reason, StringComparison.Ordinal);
        Binaries.Run("chmod", $"700 {_host.Data}");
        await DoorHost.UntilAsync(door, static one => one.State == AttachmentState.Attached);
        await DoorHost.GiveBackAsync(door);
    }

    /// <summary>As distributions ship programs: without names, which are in a file of their own.</summary>
    [Theory]
    [InlineData("644", AttachmentState.Attached)]
    [InlineData("666", AttachmentState.Refused)]
    public async Task A_function_whose_name_is_in_a_debug_file_is_attached_unless_others_may_write_that(string mode, AttachmentState state)
    {
        var (exe, debug) = (Path.Combine(_host.Data, "shipped"), Path.Combine(_host.Data, "shipped.debug"));
        Binaries.Run("cc", $"-O2 -g -o {exe} {Path.Combine(RepositoryRoot.Path, "tests/vm/targets/target.c")}");
        Binaries.Run("objcopy", $"--only-keep-debug {exe} {debug}");
        Binaries.Run("objcopy", $"--strip-all --add-gnu-debuglink={debug} {exe}");
        Binaries.Run("chmod", $"{mode} {debug}");
        using var target = RunningTarget.Start(exe, "x");
        target.WaitFor("flag x off");
        using var door = _host.Open();
        var answer = await DoorHost.WantAsync(door, new(exe, DoorHost.Symbol));
        Assert.Equal(state, answer.State);
        if (state == AttachmentState.Attached)
        {
            Assert.Equal(DoorHost.Trap, target.CodeAt(exe, answer.Files[0].FileOffset!.Value, 1)[0]);
            DoorHost.Expect(target, "flag x on");
        }
        else
        {
            Assert.Contains($"has no function called {DoorHost.Symbol}", answer.Reason, StringComparison.Ordinal);
        }

        await DoorHost.GiveBackAsync(door);
    }
}
