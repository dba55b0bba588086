using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Support;

/// <summary>What the kernel knows of this host's calendar clock.</summary>
/// <param name="Synchronised">Something keeps it right.</param>
/// <param name="MaxError">What it may be wrong by, as whatever keeps it right has told the kernel.</param>
/// <param name="TaiOffset">Seconds that TAI is ahead of it; 0 when nobody has told the kernel.</param>
public sealed record ClockFacts(bool Synchronised, TimeSpan MaxError, TimeSpan TaiOffset)
{
    private const int NotSynchronised = 0x40;

    /// <summary>Asks the kernel; null when it does not say.</summary>
    public static ClockFacts? Read() => HostClocks.Disciplined() is { } found
        ? new ClockFacts((found.Status & NotSynchronised) == 0, TimeSpan.FromMicroseconds(found.MaxError), TimeSpan.FromSeconds(found.Tai))
        : null;
}
