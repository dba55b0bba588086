using Microsoft.Win32.SafeHandles;

namespace Fabric.Bpf.Interop;

/// <summary>A file that was opened once, so that all that is learnt of it and done to it concerns the same one.</summary>
internal sealed unsafe class RegularFile : IDisposable
{
    private RegularFile(SafeFileHandle handle, FileIdentity identity)
    {
        Handle = handle;
        Identity = identity;
    }

    internal SafeFileHandle Handle { get; }

    /// <summary>Which file it is, and in which state it was opened.</summary>
    internal FileIdentity Identity { get; }

    /// <summary>A path that leads to this very file while it is open, whatever becomes of its name.</summary>
    internal string Path => $"/proc/self/fd/{Handle.DangerousGetHandle()}";

    /// <exception cref="IOException">It cannot be opened, or is no regular file.</exception>
    internal static RegularFile Open(string path)
    {
        var found = Libc.open(path, Libc.OpenPath | Libc.OpenCloseOnExec, 0);
        return found < 0
            ? throw new IOException($"cannot open {path}: {Libc.LastError()}")
            : OpenFound(found, path);
    }

    /// <summary>Opens what a path was found to lead to. Nothing but a regular file is opened: opening a device may do something.</summary>
    /// <param name="found">Descriptor of the place alone; closed here.</param>
    /// <param name="path">What it is called in an error.</param>
    /// <exception cref="IOException">It cannot be opened, or is no regular file.</exception>
    internal static RegularFile OpenFound(int found, string path)
    {
        using var place = new SafeFileHandle(found, ownsHandle: true);
        Libc.FileStatus status;
        if (Libc.fstat(found, &status) != 0 || (status.Mode & Libc.ModeType) != Libc.ModeRegular)
            throw new IOException($"{path} is not a regular file");
        var fd = Libc.open($"/proc/self/fd/{found}", Libc.OpenReadOnly | Libc.OpenCloseOnExec, 0);
        return fd < 0
            ? throw new IOException($"cannot open {path}: {Libc.LastError()}")
            : Of(new SafeFileHandle(fd, ownsHandle: true), path);
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
        if (Libc.fstat((int)handle.DangerousGetHandle(), &status) == 0)
            return new RegularFile(handle, FileIdentity.Of(status));
        handle.Dispose();
        throw new IOException($"cannot look at {path}: {Libc.LastError()}");
    }
}
