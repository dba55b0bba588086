using System.Net;
using System.Net.Sockets;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Privileges;
using Fabric.Bpf.Table;

namespace Fabric.Cli.Tests.Privileges;

/// <summary>What a node that is shipped may do, by the kernel's own account of each of its threads.</summary>
public sealed class PrivilegeTests : IDisposable
{
    private static readonly string[] Documented = ["CAP_DAC_READ_SEARCH", "CAP_SYS_PTRACE", "CAP_PERFMON", "CAP_BPF"];

    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-privileges-").FullName;
    private readonly string _pins = $"/run/fabric/bpf/test-{Guid.NewGuid():N}";

    public PrivilegeTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to have privileges to give up");

    private string Data => Path.Combine(_folder, "data");

    private string Table => $"{_pins}/table";

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        if (Directory.Exists(_pins))
            Directory.Delete(_pins, recursive: true);
    }

    [Fact]
    public async Task Every_thread_of_a_node_that_root_started_has_the_documented_capabilities_and_no_other()
    {
        using var node = ShippedNode.Start(ShippedNode.Executable, "node", "--name", "a", "--data", Data, "--http", "127.0.0.1:0", "--table", Table);
        var url = await node.ReadyAsync();

        AssertConfined(node, user: 0);
        var status = await node.GetAsync(new Uri(url, "/api/v1/node"));
        Assert.Equal(node.Pid, status.GetProperty("pid").GetInt32());
        Assert.Equal("bpf", status.GetProperty("tableKind").GetString());
        var privileges = status.GetProperty("privileges");
        Assert.Equal(Documented, privileges.GetProperty("capabilities").EnumerateArray().Select(static name => name.GetString()));
        Assert.True(privileges.GetProperty("noNewPrivileges").GetBoolean());
        // Descriptors of the start are those of the node: whoever holds the other ends keeps them.
        Assert.All([0, 1, 2], fd => Assert.StartsWith("pipe:", new FileInfo($"/proc/{node.Pid}/fd/{fd}").LinkTarget, StringComparison.Ordinal));
        await node.SwitchOnAsync(url, "flag");
        Assert.Equal(0, (await node.StopAsync()).Code);
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), $"*-{node.Pid}-*"));
    }

    [Fact]
    public async Task Privileges_are_gone_before_the_node_listens()
    {
        var (http, raft) = (FreePort(), FreePort());
        // Its peers are not there, so it listens and is never ready.
        using var node = ShippedNode.Start(
            ShippedNode.Executable, "node", "--name", "a", "--data", Data, "--http", $"127.0.0.1:{http}", "--raft", $"127.0.0.1:{raft}", "--table", Table,
            "--peer", "name=b,raft=127.0.0.1:1,http=http://127.0.0.1:2", "--peer", "name=c,raft=127.0.0.1:3,http=http://127.0.0.1:4");
        var status = new Uri($"http://127.0.0.1:{http}/api/v1/node");
        await node.AnswersAsync(status);

        AssertConfined(node, user: 0);
        Assert.False((await node.GetAsync(status)).GetProperty("ready").GetBoolean());
        Assert.Equal(0, (await node.StopAsync()).Code);
    }

    [Fact]
    public async Task A_user_can_be_named_who_gets_the_data_folder_and_the_same_capabilities()
    {
        Allow(_folder);
        using var node = ShippedNode.Start(Copy(), "node", "--name", "a", "--data", Data, "--http", "127.0.0.1:0", "--table", Table, "--user", "nobody");
        var url = await node.ReadyAsync();

        AssertConfined(node, user: 65534);
        Assert.Equal(65534u, Ownership.Of(Data));
        Assert.Equal("bpf", (await node.GetAsync(new Uri(url, "/api/v1/node"))).GetProperty("tableKind").GetString());
        await node.SwitchOnAsync(url, "flag");
        Assert.Equal(0, (await node.StopAsync()).Code);
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), $"*-{node.Pid}-*"));
    }

    /// <summary>In a /run of its own, so that no living node has the usual place.</summary>
    [Fact]
    public async Task In_the_usual_place_the_user_gets_what_is_this_nodes_and_not_what_is_anothers()
    {
        Allow(_folder);
        const string setUp = """
            mount -t tmpfs tmpfs /run && mkdir -p /run/fabric/bpf && mount -t bpf bpf /run/fabric/bpf && touch /run/fabric/lock &&
            mkdir -p /run/fabric/bpf/a/links /run/fabric/bpf/other/links && exec "$0" "$@"
            """;
        using var node = ShippedNode.Start("unshare", "--mount", "sh", "-c", setUp, Copy(), "node", "--name", "a", "--data", Data, "--http", "127.0.0.1:0", "--user", "nobody");
        var url = await node.ReadyAsync();

        AssertConfined(node, user: 65534);
        Assert.Equal("/run/fabric/bpf/table", (await node.GetAsync(new Uri(url, "/api/v1/node"))).GetProperty("table").GetString());
        string[] given = ["", "/lock", "/bpf", "/bpf/table", "/bpf/a/links"];
        Assert.All(given, path => Assert.Equal(65534u, Ownership.Of($"/proc/{node.Pid}/root/run/fabric{path}")));
        Assert.Equal(0u, Ownership.Of($"/proc/{node.Pid}/root/run/fabric/bpf/other"));
        Assert.Equal(0, (await node.StopAsync()).Code);
    }

    [Fact]
    public async Task Two_capabilities_and_a_prepared_file_system_are_enough_for_the_kernels_table()
    {
        var nobody = Account.Find("65534")!;
        TablePreparation.Prepare("a", Table, nobody);
        Ownership.HandOver(Directory.CreateDirectory(Data).FullName, nobody);
        Allow(_folder);
        using var node = ShippedNode.Start([.. Unprivileged("bpf", "perfmon"), Copy(), "node", "--name", "a", "--data", Data, "--http", "127.0.0.1:0", "--table", Table]);
        var url = await node.ReadyAsync();

        var held = CapabilitySet.Of(Capability.Bpf, Capability.Perfmon);
        Assert.All(node.Threads(), thread => Assert.Equal(new HeldPrivileges(65534, held, held, held, true), thread));
        var status = await node.GetAsync(new Uri(url, "/api/v1/node"));
        Assert.Equal(("bpf", null), (status.GetProperty("tableKind").GetString(), status.GetProperty("tableIsFileBecause").GetString()));
        await node.SwitchOnAsync(url, "flag");
        Assert.Equal(0, (await node.StopAsync()).Code);
        Assert.True(File.Exists(Table));
    }

    [Fact]
    public async Task Without_capabilities_the_table_is_a_file_and_the_node_says_why()
    {
        TablePreparation.Prepare("a", Table, Account.Find("65534")!);
        Ownership.HandOver(Directory.CreateDirectory(Data).FullName, Account.Find("65534")!);
        Allow(_folder);
        using var node = ShippedNode.Start([.. Unprivileged(), Copy(), "node", "--name", "a", "--data", Data, "--http", "127.0.0.1:0", "--table", Table]);
        var url = await node.ReadyAsync();

        Assert.All(node.Threads(), static thread => Assert.True(thread.Permitted.IsEmpty));
        var status = await node.GetAsync(new Uri(url, "/api/v1/node"));
        Assert.Equal(("file", $"{Data}/table"), (status.GetProperty("tableKind").GetString(), status.GetProperty("table").GetString()));
        Assert.Contains("Operation not permitted", status.GetProperty("tableIsFileBecause").GetString(), StringComparison.Ordinal);
        await node.SwitchOnAsync(url, "flag");
        var (code, errors) = await node.StopAsync();
        Assert.Equal(0, code);
        Assert.Contains("is a file", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task They_are_all_kept_where_that_is_asked_for()
    {
        using var node = ShippedNode.Start(
            ShippedNode.Executable, "node", "--name", "a", "--data", Data, "--http", "127.0.0.1:0", "--table", Table, "--keep-capabilities");
        await node.ReadyAsync();

        var own = HeldPrivileges.OfThisProcess();
        Assert.All(node.Threads(), thread => Assert.Equal(own.Permitted, thread.Permitted));
        Assert.Equal(0, (await node.StopAsync()).Code);
    }

    [Fact]
    public async Task A_port_of_the_systems_keeps_the_capability_to_listen_there()
    {
        using var node = ShippedNode.Start(ShippedNode.Executable, "node", "--name", "a", "--data", Data, "--http", "127.77.0.1:907", "--table", Table);
        await node.ReadyAsync();

        Assert.All(node.Threads(), static thread => Assert.Equal(NodePrivileges.Usual.Or(CapabilitySet.Of(Capability.NetBindService)), thread.Bounding));
        Assert.Equal(0, (await node.StopAsync()).Code);
    }

    [Theory]
    [InlineData("no such user", "--user", "no-such-user-here")]
    [InlineData("belongs to nobody: start the node with --user nobody")]
    public async Task A_node_that_could_not_work_without_its_privileges_says_so_and_exits_1(string reason, params string[] more)
    {
        Ownership.HandOver(Directory.CreateDirectory(Data).FullName, Account.Find("65534")!);
        using var node = ShippedNode.Start([ShippedNode.Executable, "node", "--name", "a", "--data", Data, "--http", "127.0.0.1:0", "--table", Table, .. more]);
        var (code, errors) = await node.EndAsync();

        Assert.Equal(1, code);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_was_started_anew_and_still_has_privileges_ends_rather_than_try_for_ever()
    {
        using var node = ShippedNode.Start(
            "env", "FABRIC_CONFINED=1", ShippedNode.Executable, "node", "--name", "a", "--data", Data, "--http", "127.0.0.1:0", "--table", Table);
        var (code, errors) = await node.EndAsync();

        Assert.Equal(1, code);
        Assert.Contains("this process still holds CAP_CHOWN", errors, StringComparison.Ordinal);
    }

    private static void AssertConfined(ShippedNode node, uint user)
    {
        var threads = node.Threads();
        Assert.True(threads.Count > 3, "a runtime has several threads");
        Assert.All(threads, thread => Assert.Equal(new HeldPrivileges(user, NodePrivileges.Usual, NodePrivileges.Usual, NodePrivileges.Usual, true), thread));
    }

    private static IEnumerable<string> Unprivileged(params string[] capabilities)
    {
        var set = string.Concat(capabilities.Select(static name => $",+{name}"));
        return ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", $"--bounding-set=-all{set}", $"--inh-caps=-all{set}", $"--ambient-caps=-all{set}"];
    }

    /// <summary>The executable where every user may start it, wherever the repository lies.</summary>
    private string Copy()
    {
        var copy = Path.Combine(_folder, "fabric");
        File.Copy(ShippedNode.Executable, copy);
        return copy;
    }

    private static void Allow(string folder) => Assert.Equal(0, Libc.chmod(folder, 0x1ed)); // rwxr-xr-x

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
