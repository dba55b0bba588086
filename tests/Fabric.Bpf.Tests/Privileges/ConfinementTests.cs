using System.Text;
using Fabric.Bpf.Privileges;

namespace Fabric.Bpf.Tests.Privileges;

/// <summary>Who has something to give up, told from what the kernel says; what happens then is tested with the shipped node.</summary>
public sealed class ConfinementTests
{
    private static readonly CapabilitySet All = new(0x1ffffffffff);
    private static readonly CapabilitySet None = new(0);
    private static readonly Account Shop = new("shop", 1000, 1000, [1000]);

    [Fact]
    public void The_kernels_account_of_a_thread_is_read()
    {
        var held = HeldPrivileges.Read("Name:\tfabric\nUid:\t0\t1000\t0\t0\nCapPrm:\t000000c000080004\nCapEff:\t0000000000000004\nCapBnd:\t000001ffffffffff\nNoNewPrivs:\t1\n");

        Assert.Equal(new HeldPrivileges(1000, new(4), new(0xc000080004), All, true), held);
        Assert.Equal("CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_PERFMON, CAP_BPF", held.Permitted.ToString());
        Assert.Equal(NodePrivileges.Usual, held.Permitted);
        Assert.Throws<IOException>(static () => HeldPrivileges.Read("Name:\tfabric\n"));
    }

    [Fact]
    public void Names_are_those_of_the_kernel_and_a_number_where_there_is_none()
    {
        Assert.Equal(41, All.Names.Count);
        Assert.Equal(["CAP_CHOWN", "CAP_CHECKPOINT_RESTORE", "63"], new CapabilitySet(1 | 1UL << 40 | 1UL << 63).Names);
        Assert.Equal(["CAP_SETUID", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_ADMIN"],
            CapabilitySet.Of(Capability.SetUid, Capability.SetPcap, Capability.NetBindService, Capability.SysAdmin).Names);
        Assert.Equal("none", None.ToString());
    }

    [Theory]
    [InlineData(0u, 0x1ffffffffffUL, false, true)]
    [InlineData(0u, 0xc000080004UL, false, true)]
    [InlineData(0u, 0xc000080004UL, true, false)]
    [InlineData(1000u, 0xc000000000UL, false, true)]
    [InlineData(1000u, 0xc000000000UL, true, false)]
    [InlineData(1000u, 0UL, false, false)]
    public void Whoever_holds_anything_gives_up_what_is_not_needed(uint user, ulong permitted, bool noNew, bool open) =>
        Assert.Equal(open, new Confinement(NodePrivileges.Usual, null).IsOpenFor(new(user, new(permitted), new(permitted), All, noNew)));

    [Fact]
    public void To_become_somebody_is_something_to_do_unless_one_is()
    {
        var confinement = new Confinement(NodePrivileges.Usual, Shop);

        Assert.True(confinement.IsOpenFor(new(0, NodePrivileges.Usual, NodePrivileges.Usual, NodePrivileges.Usual, true)));
        Assert.False(confinement.IsOpenFor(new(Shop.User, None, None, All, false)));
    }

    [Fact]
    public void Only_a_port_of_the_systems_needs_the_capability_to_listen()
    {
        Assert.Equal(NodePrivileges.Usual, NodePrivileges.For([0, 7401, 1024]));
        Assert.True(NodePrivileges.For([7401, 443]).Has(Capability.NetBindService));
    }

    [Fact]
    public void Users_are_found_by_name_and_by_number()
    {
        Assert.Equal(("root", 0u), Account.Find("root") is { } root ? (root.Name, root.User) : default);
        Assert.Equal(Account.Find("nobody")!.User, Account.Find("65534")!.User);
        Assert.Contains(0u, Account.Find("0")!.Groups);
        Assert.Null(Account.Find("no-such-user-here"));
        Assert.Equal(("root", "3999999999"), (Account.NameOf(0), Account.NameOf(3999999999)));
    }

    [Fact]
    public void The_debuggers_door_is_shut_unless_the_operator_opens_it()
    {
        Assert.Equal("A=1\0DOTNET_EnableDiagnostics=0\0", Encoding.UTF8.GetString(Debugging.Shut("A=1\0"u8.ToArray())));
        Assert.Equal("DOTNET_EnableDiagnostics=1\0", Encoding.UTF8.GetString(Debugging.Shut("DOTNET_EnableDiagnostics=1\0"u8.ToArray())));
    }

    [Fact]
    public void What_is_roots_is_handed_over_and_what_is_anothers_is_not()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to give files away");
        var folder = Directory.CreateTempSubdirectory("fabric-own-");
        try
        {
            var (inside, outside) = (Path.Combine(folder.FullName, "data", "log"), Path.Combine(folder.FullName, "outside"));
            var data = Path.GetDirectoryName(Directory.CreateDirectory(inside).FullName)!;
            File.WriteAllText(Path.Combine(inside, "file"), "");
            Directory.CreateDirectory(outside);
            Directory.CreateSymbolicLink(Path.Combine(inside, "link"), outside);

            Assert.True(Ownership.HandOver(data, Shop));
            Assert.Equal([1000u, 1000u, 1000u, 0u], new[] { data, inside, Path.Combine(inside, "file"), outside }.Select(static path => Ownership.Of(path)!.Value));
            Assert.True(Ownership.HandOver(data, Shop));
            Assert.False(Ownership.HandOver(data, new Account("other", 1001, 1001, [])));
            Assert.Equal(1000u, Ownership.Of(data));
            Assert.False(Ownership.HandOver(Path.Combine(folder.FullName, "absent"), Shop));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
