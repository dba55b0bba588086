using Fabric.Bpf.Elf;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Privileges;

namespace Fabric.Bpf.Support;

/// <summary>Judges all that the kernel's doors depend on.</summary>
public static class HostChecks
{
    /// <summary>The check that tells what a node could do; one that runs tells what it can.</summary>
    public const string CapabilitiesName = "capabilities";

    private const string Unsaid = "the kernel does not say";

    private static readonly Version FirstWithOverride = new(6, 18);

    /// <summary>What a kernel offers to the doors.</summary>
    public static IReadOnlyList<HostCheck> Of(KernelFacts facts) =>
    [
        Kernel(facts.Release), Types(facts.HasTypes), Capabilities(facts.Privileges), UnprivilegedBpf(facts.UnprivilegedBpf),
        Lockdown(facts.Lockdown), SecurityModules(facts.SecurityModules, facts.HasShadowStacks), OptimisedProbe(facts.ProbeCallError),
    ];

    /// <summary>Whether a function's answer can be overridden here, as <see cref="OverrideSupport.Probe"/> found.</summary>
    public static HostCheck Override(OverrideSupport support) => support.Supported
        ? Ok("override", "a function of our own was overridden")
        : Warn("override", support.Reason!, support.Cure!);

    private static HostCheck Kernel(string? release)
    {
        var number = string.Concat((release ?? "").TakeWhile(static c => char.IsAsciiDigit(c) || c == '.')).TrimEnd('.');
        return !Version.TryParse(number, out var version) ? Skip("kernel", Unsaid)
            : version >= FirstWithOverride ? Ok("kernel", release!)
            : Warn("kernel", $"{release}: no uprobe may write registers before {FirstWithOverride}", "boot Linux 6.18 or later for the override door");
    }

    private static HostCheck Types(bool has) => has
        ? Ok("btf", "/sys/kernel/btf/vmlinux")
        : Warn("btf", "the kernel has no type information, so it has no override door", "boot a kernel with CONFIG_DEBUG_INFO_BTF");

    private static HostCheck Capabilities(HeldPrivileges? held)
    {
        if (held is null)
            return Skip(CapabilitiesName, "/proc/self/status does not say");
        return held.Effective.Has(Capability.SysAdmin) || (held.Effective.Has(Capability.Bpf) && held.Effective.Has(Capability.Perfmon))
            ? Ok(CapabilitiesName, $"a node that user {Account.NameOf(held.User)} starts has the kernel's table")
            : Warn(CapabilitiesName, $"user {Account.NameOf(held.User)} has no CAP_BPF and CAP_PERFMON: a node that is started like this has a file for its table, and no override door",
                "start the node as root, which gives up the rest, or by its systemd unit");
    }

    private static HostCheck UnprivilegedBpf(string? disabled) => disabled switch
    {
        null => Skip("unprivileged-bpf", Unsaid),
        "0" => Warn("unprivileged-bpf", "every user may load BPF programs; no door of Fabric's needs that", "sysctl -w kernel.unprivileged_bpf_disabled=2, and the same in /etc/sysctl.d"),
        _ => Ok("unprivileged-bpf", $"only who has CAP_BPF may load programs ({disabled})"),
    };

    /// <summary>Lockdown as such closes no door of ours: what it does to the override door, the canary finds out.</summary>
    private static HostCheck Lockdown(string? modes)
    {
        if (modes is null)
            return Skip("lockdown", $"{Unsaid} (securityfs is not mounted, or there is no lockdown)");
        var (start, end) = (modes.IndexOf('['), modes.IndexOf(']'));
        return Ok("lockdown", start >= 0 && end > start ? modes[(start + 1)..end] : modes);
    }

    /// <summary>A remark: what they refuse, the other checks meet.</summary>
    private static HostCheck SecurityModules(string? names, bool shadowStacks)
    {
        // An overridden function leaves by its own return, so both stacks stay the same.
        var stacks = shadowStacks ? "; shadow stacks are there, and an overridden function keeps to them" : "";
        return names is null ? Skip("security-modules", $"{Unsaid}{stacks}") : Ok("security-modules", $"{names}{stacks}");
    }

    private static HostCheck OptimisedProbe(int error) => Uprobes.OptimisationOf(error) switch
    {
        ProbeOptimisation.Nop5 => Ok("optimised-probe", "this kernel replaces the five-byte no-operation"),
        ProbeOptimisation.Nop10 => Ok("optimised-probe", "this kernel replaces the ten-byte no-operation"),
        _ => Warn("optimised-probe", $"every probe is a trap (uprobe call: error {error})", "boot Linux 6.18 or later"),
    };

    private static HostCheck Ok(string name, string detail) => new(name, CheckStatus.Ok, detail, null);

    private static HostCheck Skip(string name, string why) => new(name, CheckStatus.Skip, why, null);

    private static HostCheck Warn(string name, string detail, string cure) => new(name, CheckStatus.Warn, detail, cure);
}
