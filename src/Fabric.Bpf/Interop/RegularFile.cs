using Microsoft.Win32.SafeHandles;

namespace Fabric.Bpf.Interop;

/// <summary>A file that was opened once, so that all that is learnt of it and done to it concerns the same one.</summary>
internal sealed unsafe class RegularFile : IDisposable
{
    private RegularFile(SafeFileHandle handle, ulong device, ulong inode)
    {
        Handle = handle;
        Device = device;
        Inode = inode;
    }

    internal SafeFileHandle Handle { get; }

    internal ulong Device { get; }

    internal ulong Inode { get; }

    /// <summary>A path that leads to this very file while it is open, whatever becomes of its name.</summary>
    internal string Path => $"/proc/self/fd/{Handle.DangerousGetHandle()}";

    /// <exception cref="IOException">It cannot be opened, or is no regular file.</exception>
    internal static RegularFile Open(string path)
    {
        // Without blocking: the path may lead to a pipe that nobody writes.
        var fd = Libc.open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec | Libc.OpenNonBlocking, 0);
        if (fd < 0)
            throw new IOException($"cannot open {path}: {Libc.LastError()}");
        return Of(new SafeFileHandle(fd, ownsHandle: true), path);
    }

    /// <summary>A file without a name, which lives as long as it is open or mapped.</summary>
    /// <exception cref="IOException">The kernel gives none.</exception>
    internal static RegularFile InMemory(string name, ReadOnlySpan<byte> content)
    {
        const uint CloseOnExec = 1;
        const uint Executable = 0x10; // Linux 6.3; earlier ones refuse the bit, and need none
        var fd = Libc.memfd_create(name, CloseOnExec | Executable);
        if (fd < 0)
            fd = Libc.memfd_create(name, CloseOnExec);
        if (fd < 0)
            throw new IOException($"cannot make a file in memory: {Libc.LastError()}");
        var file = Of(new SafeFileHandle(fd, ownsHandle: true), name);
        RandomAccess.Write(file.Handle, content, 0);
        return file;
    }

    public void Dispose() => Handle.Dispose();

    private static RegularFile Of(SafeFileHandle handle, string path)
    {
        Libc.FileStatus status;
        if (Libc.fstat((int)handle.DangerousGetHandle(), &status) == 0 && (status.Mode & Libc.ModeType) == Libc.ModeRegular)
            return new RegularFile(handle, status.Device, status.Inode);
        handle.Dispose();
        throw new IOException($"{path} is not a regular file");
    }
}
