using Microsoft.Win32.SafeHandles;

namespace Fabric.Bpf.Interop;

/// <summary>Replaces a small file so that after a crash there is the old one or the new one, whole.</summary>
public static class DurableFile
{
    private const uint Mode = 0x180; // rw-------

    /// <param name="path">The file; only its owner may read it.</param>
    /// <param name="content">All that it is to hold.</param>
    /// <exception cref="IOException">The disk did not take it; the old one is still there.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var temporary = $"{path}.new";
        _ = Libc.unlink(temporary);
        using (var file = Open(temporary, Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenNoFollow))
        {
            RandomAccess.Write(file, content, 0);
            Sync(file, temporary);
        }

        if (Libc.rename(temporary, path) != 0)
            throw new IOException($"cannot put {path} in place: {Libc.LastError()}");
        using var folder = Open(Path.GetDirectoryName(Path.GetFullPath(path))!, Libc.OpenReadOnly | Libc.OpenDirectory);
        Sync(folder, path);
    }

    private static SafeFileHandle Open(string path, int flags)
    {
        var fd = Libc.open(path, flags | Libc.OpenCloseOnExec, Mode);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new IOException($"cannot open {path}: {Libc.LastError()}");
    }

    /// <summary>By the system call: .NET hides that it failed.</summary>
    private static void Sync(SafeFileHandle file, string path)
    {
        if (Libc.fsync((int)file.DangerousGetHandle()) != 0)
            throw new IOException($"cannot bring {path} to the disk: {Libc.LastError()}");
    }
}
