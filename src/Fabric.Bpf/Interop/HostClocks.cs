using System.Runtime.InteropServices;

namespace Fabric.Bpf.Interop;

/// <summary>The host's clocks that the evaluator reads and .NET does not have.</summary>
internal static unsafe class HostClocks
{
    private const int Realtime = 0;
    private const int Boottime = 7;
    private const int Tai = 11;
    private const long Second = 1_000_000_000;

    /// <summary>CLOCK_BOOTTIME: since the host was started, with the time that it slept.</summary>
    internal static ulong BootNanoseconds => (ulong)Read(Boottime);

    /// <summary>CLOCK_REALTIME: since 1970.</summary>
    internal static long UnixNanoseconds => Read(Realtime);

    /// <summary>CLOCK_TAI less CLOCK_REALTIME: leap seconds, 0 where nobody has told the kernel of them.</summary>
    internal static ulong TaiOffsetNanoseconds
    {
        get
        {
            // The two are read one after the other, but differ by whole seconds.
            var apart = Read(Tai) - Read(Realtime);
            return (ulong)((apart + Second / 2) / Second * Second);
        }
    }

    /// <summary>What the kernel knows of how right its calendar clock is.</summary>
    /// <returns>Null when it does not tell.</returns>
    internal static Discipline? Disciplined()
    {
        Discipline found = default;
        return Libc.adjtimex(&found) >= 0 ? found : null;
    }

    /// <summary>struct timex, of which this is read.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 208)]
    internal struct Discipline
    {
        /// <summary>Nothing is to be changed.</summary>
        [FieldOffset(0)]
        public uint Modes;

        /// <summary>Microseconds that the clock may be wrong by.</summary>
        [FieldOffset(24)]
        public long MaxError;

        [FieldOffset(40)]
        public int Status;

        /// <summary>Seconds that TAI is ahead.</summary>
        [FieldOffset(160)]
        public int Tai;
    }

    private static long Read(int clock)
    {
        Libc.TimeSpec at;
        _ = Libc.clock_gettime(clock, &at);
        return at.Seconds * Second + at.Nanoseconds;
    }
}
