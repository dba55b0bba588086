using Fabric.Bpf.Interop;
using Fabric.Bpf.Privileges;

namespace Fabric.Bpf.Support;

/// <summary>What this host's kernel and processor tell of themselves; null where they do not.</summary>
/// <param name="Release">Its version, such as <c>6.18.15+deb13-amd64</c>.</param>
/// <param name="HasTypes">It describes its own types, which BPF programs that may sleep need.</param>
/// <param name="Lockdown">The modes of lockdown, the one in force in brackets.</param>
/// <param name="UnprivilegedBpf">0 when every user may load BPF programs.</param>
/// <param name="Privileges">What this process may do.</param>
/// <param name="ProbeCallError">errno of the call that optimised probes make.</param>
/// <param name="SecurityModules">The names of the security modules in force, comma-separated.</param>
/// <param name="HasShadowStacks">Programs may have a second stack that is compared on return.</param>
public sealed record KernelFacts(
    string? Release, bool HasTypes, string? Lockdown, string? UnprivilegedBpf, HeldPrivileges? Privileges, int ProbeCallError,
    string? SecurityModules, bool HasShadowStacks)
{
    /// <summary>Asks the kernel.</summary>
    public static KernelFacts Read() => new(
        TryRead("/proc/sys/kernel/osrelease"),
        File.Exists("/sys/kernel/btf/vmlinux"),
        TryRead("/sys/kernel/security/lockdown"),
        TryRead("/proc/sys/kernel/unprivileged_bpf_disabled"),
        TryRead("/proc/self/status") is { } status ? HeldPrivileges.Read(status) : null,
        Uprobes.OptimisationError(),
        TryRead("/sys/kernel/security/lsm"),
        TryRead("/proc/cpuinfo")?.Contains(" user_shstk", StringComparison.Ordinal) == true);

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
}
