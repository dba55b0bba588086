namespace Fabric.Bpf.Privileges;

/// <summary>What a node needs once it runs.</summary>
public static class NodePrivileges
{
    private const int FirstFreePort = 1024;

    /// <summary>
    /// BPF and PERFMON for the table and the override door; DAC_READ_SEARCH and SYS_PTRACE to open the programs that are
    /// attached to, also those of other users and in containers.
    /// </summary>
    public static CapabilitySet Usual { get; } = CapabilitySet.Of(Capability.Bpf, Capability.Perfmon, Capability.DacReadSearch, Capability.SysPtrace);

    /// <summary>The same, and what listening takes where a port is one of the system's.</summary>
    /// <param name="ports">What the node listens on; 0 is any free port.</param>
    public static CapabilitySet For(IEnumerable<int> ports) =>
        ports.Any(static port => port is > 0 and < FirstFreePort) ? Usual.Or(CapabilitySet.Of(Capability.NetBindService)) : Usual;
}
