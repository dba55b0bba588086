using System.Runtime.InteropServices;

namespace Fabric.Chaos.Hosts;

/// <summary>System calls that the runtime has no names for.</summary>
internal static partial class Native
{
    internal const int NewNetwork = 0x40000000;
    internal const int Kill = 9;
    internal const int Terminate = 15;

    /// <summary>FS_IOC_SHUTDOWN: the file system ends as it is on the disk.</summary>
    internal const nuint ShutDownFileSystem = 0x8004587D;

    /// <summary>Not even its own journal is written first: what a power cut leaves.</summary>
    internal const uint WithoutFlush = 2;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setns(int descriptor, int kind);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int process, int signal);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int descriptor, nuint request, ref uint argument);
}
