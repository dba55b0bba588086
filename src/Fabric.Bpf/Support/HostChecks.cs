using System.Globalization;
using Fabric.Bpf.Elf;
using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Support;

/// <summary>Looks at all that the kernel's doors depend on.</summary>
public static class HostChecks
{
    private const int CapSysAdmin = 21;
    private const int CapPerfmon = 38;
    private const int CapBpf = 39;

    private static readonly Version FirstWithOverride = new(6, 18);

    /// <summary>What this host's kernel offers to the doors.</summary>
    public static IReadOnlyList<HostCheck> OfKernel() => [Kernel(), Btf(), Capabilities(), Lockdown(), OptimisedProbe()];

    private static HostCheck Kernel()
    {
        var release = TryRead("/proc/sys/kernel/osrelease") ?? "";
        var number = string.Concat(release.TakeWhile(static c => char.IsAsciiDigit(c) || c == '.')).TrimEnd('.');
        return Version.TryParse(number, out var version) && version >= FirstWithOverride
            ? Ok("kernel", release)
            : Warn("kernel", $"{release}: no uprobe may write registers before {FirstWithOverride}", "boot Linux 6.18 or later for the override door");
    }

    private static HostCheck Btf() => File.Exists("/sys/kernel/btf/vmlinux")
        ? Ok("btf", "/sys/kernel/btf/vmlinux")
        : Warn("btf", "the kernel has no type information, so it has no override door", "boot a kernel with CONFIG_DEBUG_INFO_BTF");

    private static HostCheck Capabilities()
    {
        var line = TryRead("/proc/self/status")?.Split('\n').FirstOrDefault(static line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        if (line is null || !ulong.TryParse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var held))
            return new HostCheck("capabilities", CheckStatus.Skip, "/proc/self/status does not say", null);
        if (Has(held, CapSysAdmin))
            return Ok("capabilities", "CAP_SYS_ADMIN");
        return Has(held, CapBpf) && Has(held, CapPerfmon)
            ? Ok("capabilities", "CAP_BPF, CAP_PERFMON")
            : Warn("capabilities", "no CAP_BPF and CAP_PERFMON: the table is a file, and there is no override door",
                "run the node as root, or with CAP_BPF and CAP_PERFMON");
    }

    /// <summary>Lockdown as such closes no door of ours: what it does to the override door, the canary finds out.</summary>
    private static HostCheck Lockdown()
    {
        var modes = TryRead("/sys/kernel/security/lockdown");
        if (modes is null)
            return new HostCheck("lockdown", CheckStatus.Skip, "the kernel does not say (securityfs is not mounted, or there is no lockdown)", null);
        var (start, end) = (modes.IndexOf('['), modes.IndexOf(']'));
        return Ok("lockdown", start >= 0 && end > start ? modes[(start + 1)..end] : modes);
    }

    /// <summary>Whether a function's answer can be overridden here, as <see cref="OverrideSupport.Probe"/> found.</summary>
    public static HostCheck Override(OverrideSupport support) => support.Supported
        ? Ok("override", "a function of our own was overridden")
        : Warn("override", support.Reason!, support.Cure!);

    private static HostCheck OptimisedProbe() => (Uprobes.Optimisation(), Uprobes.OptimisationError()) switch
    {
        (ProbeOptimisation.Nop5, _) => Ok("optimised-probe", "this kernel replaces the five-byte no-operation"),
        (ProbeOptimisation.Nop10, _) => Ok("optimised-probe", "this kernel replaces the ten-byte no-operation"),
        (_, var error) => Warn("optimised-probe", $"every probe is a trap (uprobe call: error {error})", "boot Linux 6.18 or later"),
    };

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool Has(ulong held, int capability) => (held >> capability & 1) != 0;

    private static HostCheck Ok(string name, string detail) => new(name, CheckStatus.Ok, detail, null);

    private static HostCheck Warn(string name, string detail, string cure) => new(name, CheckStatus.Warn, detail, cure);
}
