using Fabric.Bpf.Attach;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;

namespace Fabric.Bpf.Support;

/// <summary>What keeps a host from overriding answers.</summary>
public enum OverrideObstacle
{
    /// <summary>Nothing does.</summary>
    None,

    /// <summary>The node was put together without the override door.</summary>
    NoDoor,

    /// <summary>libbpf is not installed.</summary>
    NoLibrary,

    /// <summary>This process may not load BPF programs.</summary>
    NoRights,

    /// <summary>This kernel does not let a uprobe write registers.</summary>
    NoRegisterWrites,

    /// <summary>This kernel refuses the program for another reason.</summary>
    ProgramRefused,

    /// <summary>There is no place for the function that the proof is made on.</summary>
    NoCanary,

    /// <summary>The program is loaded, and cannot be attached.</summary>
    AttachRefused,

    /// <summary>The program is attached, and does not answer as it should.</summary>
    NotOverridden,
}

/// <summary>
/// Whether this host can override a function's answer. Neither a version number nor a successful attach tells: so the
/// program is loaded and made to answer for a function of our own.
/// </summary>
/// <param name="Obstacle">What keeps it from doing so.</param>
/// <param name="Reason">The obstacle in words, with the kernel's own where it had any; null when there is none.</param>
/// <param name="Cure">What an operator can do about it; null when there is no obstacle.</param>
public sealed record OverrideSupport(OverrideObstacle Obstacle, string? Reason, string? Cure)
{
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;

    /// <summary>The verifier's words for a write to a register.</summary>
    private const string ContextAccess = "invalid bpf_context access";

    /// <summary>It can.</summary>
    public bool Supported => Obstacle == OverrideObstacle.None;

    /// <summary>Reason and cure in one sentence; empty when there is no obstacle.</summary>
    public string Sentence => string.Join("; ", new[] { Reason, Cure }.Where(static part => part is not null));

    /// <summary>Tries. Takes some tens of milliseconds, and leaves nothing behind.</summary>
    public static OverrideSupport Probe()
    {
        try
        {
            using var program = Canary.Load();
            return Prove(program);
        }
        catch (DllNotFoundException)
        {
            return new(OverrideObstacle.NoLibrary, "libbpf is not installed", "install libbpf 1.1 or later (Debian: apt-get install libbpf1)");
        }
        catch (BpfRefusedException refused)
        {
            return WhyNotLoaded(refused);
        }
        catch (TableUnusableException refused)
        {
            return new(OverrideObstacle.ProgramRefused, refused.Message, "check the node's memory limit");
        }
    }

    private static OverrideSupport WhyNotLoaded(BpfRefusedException refused) => refused.Error switch
    {
        NotPermitted => new(
            OverrideObstacle.NoRights, refused.Message, "run the node as root, or with CAP_BPF and CAP_PERFMON"),
        AccessDenied when refused.Message.Contains(ContextAccess, StringComparison.Ordinal) => new(
            OverrideObstacle.NoRegisterWrites, $"this kernel refuses register writes: {refused.Message}",
            "boot a kernel whose uprobes may write registers, such as Debian's 6.18 or later; libflagfabric needs none"),
        _ => new(
            OverrideObstacle.ProgramRefused, refused.Message, "boot Linux 6.18 or later with CONFIG_UPROBES and BTF"),
    };

    private static OverrideSupport Prove(OverrideProgram program)
    {
        Canary canary;
        try
        {
            canary = Canary.Make();
        }
        catch (IOException refused)
        {
            return new(OverrideObstacle.NoCanary, refused.Message, "allow the node to map files in memory as code");
        }

        using (canary)
        {
            try
            {
                return canary.WhyNot(program) is { } wrong
                    ? new(OverrideObstacle.NotOverridden, wrong, "report it with the kernel's version: this must not happen")
                    : new(OverrideObstacle.None, null, null);
            }
            catch (BpfRefusedException refused)
            {
                return new(OverrideObstacle.AttachRefused, refused.Message, "boot Linux 6.18 or later with CONFIG_UPROBES; check what confines the node (seccomp, SELinux)");
            }
        }
    }
}
