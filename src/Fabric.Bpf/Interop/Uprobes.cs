using System.Runtime.InteropServices;
using Fabric.Bpf.Elf;

namespace Fabric.Bpf.Interop;

/// <summary>What this kernel does with a probe.</summary>
internal static class Uprobes
{
    private const nint UprobeCall = 336;
    private const int NoSuchDevice = 6;
    private const int ProtocolError = 71;

    /// <summary>
    /// The call that an optimised probe makes says, by how it refuses everybody else, which no-operation it replaces.
    /// </summary>
    internal static ProbeOptimisation Optimisation() => OptimisationOf(OptimisationError());

    /// <summary>What an errno of the call tells.</summary>
    internal static ProbeOptimisation OptimisationOf(int error) => error switch
    {
        ProtocolError => ProbeOptimisation.Nop10,
        NoSuchDevice => ProbeOptimisation.Nop5,
        _ => ProbeOptimisation.None,
    };

    /// <summary>errno of the call.</summary>
    internal static int OptimisationError()
    {
        _ = Libc.syscall(UprobeCall, 0, 0, 0);
        return Marshal.GetLastPInvokeError();
    }
}
