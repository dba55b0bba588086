using Fabric.Chaos.Tests.Harness;

namespace Fabric.Examples.Tests;

/// <summary>
/// A program in what a container is to the library: mounts of its own with the table's folder read-only in them, root
/// without any capability, and where a profile says so no bpf(2).
/// </summary>
public sealed class ContainerTests : IDisposable
{
    private const string Flag = "new-checkout-flow";

    /// <summary>Arguments: the host's folder, where it is mounted, then the program with all that is to be put before it.</summary>
    private const string Enter =
        """
        mount --rbind "$1" "$2" && mount -o remount,bind,ro "$2" && shift 2 &&
            exec "$@"
        """;

    private static readonly string[] NoCapabilities = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"];

    /// <summary>What a seccomp profile answers that does not allow the call; as a grandchild, so that the program is still the child.</summary>
    private static readonly string[] NoBpf = ["strace", "-D", "-qq", "-o", "/dev/null", "-e", "trace=bpf", "-e", "inject=bpf:error=EPERM"];

    private readonly string _mount = Directory.CreateTempSubdirectory("fabric-container-").FullName;

    [Fact]
    public async Task A_table_in_the_kernel_that_is_mounted_read_only_is_followed_without_any_capability()
    {
        NeedsRoot();
        using var node = await OneNode.StartAsync();
        Assert.StartsWith("/run/fabric/bpf/", node.Table, StringComparison.Ordinal);
        await FollowsAsync(node, []);
    }

    [Fact]
    public async Task A_table_in_a_file_is_followed_even_where_bpf_is_forbidden()
    {
        NeedsRoot();
        using var node = await OneNode.StartAsync(file: true);
        await FollowsAsync(node, NoBpf);
    }

    [Fact]
    public async Task A_table_in_the_kernel_cannot_be_read_where_bpf_is_forbidden_and_the_program_runs_with_its_default()
    {
        NeedsRoot();
        using var node = await OneNode.StartAsync();
        await Flags.PutAsync(node.Process, Flag, on: true);
        using var outside = Running.Start([Example.Demos[0]], node.Table, Flag);
        using var inside = Running.Start([InContainer(node, NoBpf)], Path.Combine(_mount, "table"), Flag);
        await outside.AllSayAsync($"{Flag} on");
        await inside.AllSayAsync($"{Flag} off");
        await Flags.PutAsync(node.Process, Flag, on: false);
        await outside.AllSayAsync($"{Flag} off");
        Assert.Equal([$"{Flag} off"], inside.All[0].Lines);
        Assert.Equal(0, inside.All[0].Terminate());
    }

    public void Dispose() => Directory.Delete(_mount);

    private static void NeedsRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting needs root");

    private async Task FollowsAsync(OneNode node, string[] profile)
    {
        using var program = Running.Start([InContainer(node, profile)], Path.Combine(_mount, "table"), Flag);
        await program.AllSayAsync($"{Flag} off");
        await Flags.PutAsync(node.Process, Flag, on: true);
        await program.AllSayAsync($"{Flag} on");
        Assert.Equal(0, program.All[0].Terminate());
    }

    private Example InContainer(OneNode node, string[] profile) => new(
        "c in a container",
        ["unshare", "--mount", "sh", "-c", Enter, "sh", Path.GetDirectoryName(node.Table)!, _mount, .. profile, .. NoCapabilities, .. Example.Demos[0].Command]);
}
