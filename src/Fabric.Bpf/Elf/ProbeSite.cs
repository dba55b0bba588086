namespace Fabric.Bpf.Elf;

/// <summary>Which no-operation a kernel replaces by a call, which spares a probed program the trap.</summary>
internal enum ProbeOptimisation
{
    None,

    /// <summary>The five-byte one: Linux 6.18 to 7.1.</summary>
    Nop5,

    /// <summary>The ten-byte one: Linux 7.2 and later.</summary>
    Nop10,
}

/// <summary>How a probe enters the kernel.</summary>
public enum ProbeKind
{
    /// <summary>By a trap.</summary>
    Int3,

    /// <summary>By a call in the place of a five-byte no-operation.</summary>
    Nop5,

    /// <summary>By a call in the place of a ten-byte no-operation.</summary>
    Nop10,
}

/// <summary>
/// Where at a function's entry the probe goes. Only instructions that do nothing are ever passed over: the frame is
/// that of the entry at each of them, and every call comes by.
/// </summary>
/// <param name="Skip">Bytes from the symbol to the probe.</param>
/// <param name="Kind">What the kernel makes of it.</param>
internal readonly record struct ProbeSite(int Skip, ProbeKind Kind)
{
    /// <summary>Bytes of a function's beginning that decide.</summary>
    internal const int LookBytes = 19;

    private static ReadOnlySpan<byte> EndBranch => [0xf3, 0x0f, 0x1e, 0xfa];

    private static ReadOnlySpan<byte> Nop10 => [0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0];

    private static ReadOnlySpan<byte> Nop5 => [0x0f, 0x1f, 0x44, 0, 0];

    /// <summary>The site in a function that begins with <paramref name="code"/> at <paramref name="address"/>.</summary>
    internal static ProbeSite Choose(ReadOnlySpan<byte> code, ulong address, ProbeOptimisation kernel)
    {
        var at = code.StartsWith(EndBranch) ? EndBranch.Length : 0;
        if (code[at..].StartsWith(Nop10))
        {
            if (kernel == ProbeOptimisation.Nop10 && InPage(address, at, Nop10.Length))
                return new ProbeSite(at, ProbeKind.Nop10);
            // Older kernels refuse to probe its prefix.
            at += Nop10.Length;
            return new ProbeSite(at, IsNop5(code, address, at, kernel) ? ProbeKind.Nop5 : ProbeKind.Int3);
        }

        return IsNop5(code, address, at, kernel) ? new ProbeSite(at, ProbeKind.Nop5) : new ProbeSite(0, ProbeKind.Int3);
    }

    private static bool IsNop5(ReadOnlySpan<byte> code, ulong address, int at, ProbeOptimisation kernel) =>
        kernel == ProbeOptimisation.Nop5 && code[at..].StartsWith(Nop5) && InPage(address, at, Nop5.Length);

    /// <summary>The kernel writes the call in one page.</summary>
    private static bool InPage(ulong address, int at, int bytes) =>
        (int)((address + (ulong)at) % ElfFile.PageBytes) + bytes <= ElfFile.PageBytes;
}
