using System.Runtime.InteropServices;

namespace Fabric.Bpf.Interop;

/// <summary>What the C library does that .NET does not offer, or offers without telling of failures.</summary>
internal static unsafe partial class Libc
{
    internal const int ProtRead = 1;
    internal const int ProtWrite = 2;
    internal const int MapShared = 1;
    internal const nuint BpfFsMagic = 0xcafe4a11;
    internal const int LockExclusive = 2;
    internal const int LockNonBlocking = 4;
    internal const int OpenReadOnly = 0;
    internal const int OpenReadWrite = 2;
    internal const int OpenCreate = 0x40;
    internal const int OpenCloseOnExec = 0x80000;
    internal const int OpenNoFollow = 0x20000;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial void* mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munmap(void* address, nuint length);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string source, string target, string type, nuint flags, string? data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int flock(int fd, int operation);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_fallocate(int fd, nint offset, nint length);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int chmod(string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rename(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int unlink(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statfs(string path, FileSystem* to);

    /// <summary>struct statfs, of which only the type is read.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 120)]
    internal struct FileSystem
    {
        public nuint Type;
    }

    /// <summary>The calling thread's last error in the system's words.</summary>
    internal static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    /// <summary>Whether a path lies on a BPF file system.</summary>
    internal static bool IsOnBpfFs(string path)
    {
        FileSystem fs;
        return statfs(path, &fs) == 0 && fs.Type == BpfFsMagic;
    }
}
