namespace Fabric.Bpf.Privileges;

/// <summary>A capability by its number in linux/capability.h; those that Fabric has to do with.</summary>
public enum Capability
{
    /// <summary>Files are given to another user.</summary>
    Chown = 0,

    /// <summary>Any file may be opened for reading, and any folder be passed through.</summary>
    DacReadSearch = 2,

    /// <summary>A process may become another user.</summary>
    SetUid = 7,

    /// <summary>A process may give up what others could give it.</summary>
    SetPcap = 8,

    /// <summary>Ports below 1024 may be listened on.</summary>
    NetBindService = 10,

    /// <summary>What belongs to other users' processes may be looked at, such as the file system of a container.</summary>
    SysPtrace = 19,

    /// <summary>File systems may be mounted, and much else.</summary>
    SysAdmin = 21,

    /// <summary>BPF programs that look into processes may be loaded and attached.</summary>
    Perfmon = 38,

    /// <summary>BPF maps may be made and programs be loaded.</summary>
    Bpf = 39,
}

/// <summary>A set of the kernel's capabilities.</summary>
/// <param name="Bits">One bit for each, at its number.</param>
public readonly record struct CapabilitySet(ulong Bits)
{
    private static readonly string[] Known =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW",
        "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT",
        "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD",
        "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG",
        "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ];

    /// <summary>These, and no other.</summary>
    public static CapabilitySet Of(params ReadOnlySpan<Capability> capabilities)
    {
        var bits = 0UL;
        foreach (var capability in capabilities)
            bits |= 1UL << (int)capability;
        return new CapabilitySet(bits);
    }

    /// <summary>There is none in it.</summary>
    public bool IsEmpty => Bits == 0;

    /// <summary>Their names as <c>capabilities(7)</c> has them, in the order of their numbers; a number where this program knows no name.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            var bits = Bits;
            return [.. Enumerable.Range(0, 64).Where(number => (bits >> number & 1) != 0).Select(static number => number < Known.Length ? Known[number] : $"{number}")];
        }
    }

    /// <summary>Whether it is in the set.</summary>
    public bool Has(Capability capability) => (Bits >> (int)capability & 1) != 0;

    /// <summary>Whether all of these are in the other set, too.</summary>
    public bool IsWithin(CapabilitySet other) => (Bits & ~other.Bits) == 0;

    /// <summary>What is in both.</summary>
    public CapabilitySet And(CapabilitySet other) => new(Bits & other.Bits);

    /// <summary>What is in either.</summary>
    public CapabilitySet Or(CapabilitySet other) => new(Bits | other.Bits);

    /// <summary>The names, comma-separated; <c>none</c> for the empty set.</summary>
    public override string ToString() => IsEmpty ? "none" : string.Join(", ", Names);
}
