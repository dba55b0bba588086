using System.Runtime.InteropServices;

namespace Fabric.Bpf.Interop;

/// <summary>What the C library does that .NET does not offer, or offers without telling of failures.</summary>
internal static unsafe partial class Libc
{
    internal const int ProtRead = 1;
    internal const int ProtWrite = 2;
    internal const int ProtExecute = 4;
    internal const int MapShared = 1;
    internal const int MapPrivate = 2;
    internal const nuint BpfFsMagic = 0xcafe4a11;
    internal const nuint TmpfsMagic = 0x01021994;
    internal const int LockExclusive = 2;
    internal const int LockNonBlocking = 4;
    internal const int OpenReadOnly = 0;
    internal const int OpenReadWrite = 2;
    internal const int OpenCreate = 0x40;
    internal const int OpenCloseOnExec = 0x80000;
    internal const int OpenNoFollow = 0x20000;
    internal const int OpenNonBlocking = 0x800;
    internal const int OpenDirectory = 0x10000;
    internal const int OpenPath = 0x200000;
    internal const int CurrentFolder = -100;
    internal const nuint ProcFsMagic = 0x9fa0;
    internal const uint ModeType = 0xf000;
    internal const uint ModeRegular = 0x8000;
    internal const uint ModeFolder = 0x4000;
    internal const uint ModeLink = 0xa000;
    internal const uint ModeSticky = 0x200;
    internal const uint ModeOthersWrite = 0x12; // the group's and the others' permission

    [LibraryImport("libc", SetLastError = true)]
    internal static partial void* mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munmap(void* address, nuint length);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string source, string target, string type, nuint flags, string? data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int openat(int folder, string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint readlinkat(int folder, string path, byte* to, nuint bytes);

    [LibraryImport("libc")]
    internal static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int dup(int fd);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int name_to_handle_at(int folder, string path, FileHandle.Raw* handle, int* mount, int flags);

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

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int stat(string path, FileStatus* to);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fstatfs(int fd, FileSystem* to);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fstat(int fd, FileStatus* to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int lstat(string path, FileStatus* to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int lchown(string path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int fstatat(int folder, string path, FileStatus* to, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int inotify_add_watch(int fd, string path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int inotify_rm_watch(int fd, int watch);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int eventfd(uint value, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(int fd, void* to, nuint bytes);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(int fd, void* from, nuint bytes);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(Polled* polled, nuint count, int milliseconds);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint readlink(string path, byte* to, nuint bytes);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int clock_gettime(int clock, TimeSpec* to);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int adjtimex(HostClocks.Discipline* clock);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsync(int fd);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint process_vm_readv(int pid, Vector* to, nuint toCount, Vector* from, nuint fromCount, nuint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint syscall(nint number, nint first, nint second, nint third);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth);

    /// <summary>struct timespec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Vector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary>struct stat of x86-64.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    internal struct FileStatus
    {
        public ulong Device;
        public ulong Inode;
        public ulong Links;
        public uint Mode;
        public uint User;
        public uint Group;
        private readonly uint _padding;
        public ulong SpecialDevice;
        public long Bytes;
        private readonly long _blockBytes;
        private readonly long _blocks;
        public TimeSpec Read;
        public TimeSpec Modified;
        public TimeSpec Changed;
    }

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Polled
    {
        public int Fd;
        public short Wanted;
        public short Happened;
    }

    /// <summary>struct statfs, of which only the type is read.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 120)]
    internal struct FileSystem
    {
        public nuint Type;
    }

    /// <summary>errno of a path that leads nowhere: no such file, or a part of it is no folder.</summary>
    internal static bool LeadsNowhere(int error) => error is 2 or 20;

    /// <summary>The calling thread's last error in the system's words.</summary>
    internal static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    /// <summary>Whether a path lies on a BPF file system.</summary>
    internal static bool IsOnBpfFs(string path) => IsOn(path, BpfFsMagic);

    /// <summary>Whether a path lies in memory, and is gone when the host starts anew.</summary>
    internal static bool IsOnTmpfs(string path) => IsOn(path, TmpfsMagic);

    /// <summary>Whether a folder is a file system's root.</summary>
    internal static bool IsMountPoint(string path)
    {
        FileStatus own, above;
        return stat(path, &own) == 0 && stat(System.IO.Path.Combine(path, ".."), &above) == 0 && own.Device != above.Device;
    }

    private static bool IsOn(string path, nuint magic)
    {
        FileSystem fs;
        return statfs(path, &fs) == 0 && fs.Type == magic;
    }
}
