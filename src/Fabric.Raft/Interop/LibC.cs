using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fabric.Raft.Interop;

/// <summary>
/// fsync with its result checked. The runtime's own <c>RandomAccess.FlushToDisk</c> and <c>FileStream.Flush(true)</c>
/// report success when the kernel answers EIO, so nothing that must survive may rely on them.
/// </summary>
internal static partial class LibC
{
    private const int ReadOnly = 0;
    private const int Directory = 0x10000;
    private const int CloseOnExec = 0x80000;

    /// <summary>Returns when what was written to the file is on the disk.</summary>
    /// <exception cref="IOException">It is not, and it is unknown what is: the file must not be believed.</exception>
    public static void Sync(SafeFileHandle file, string path)
    {
#if FABRIC_PLANTS
        if (Fabric.Flags.Plant.Is("fsync-ignored"))
            return;
#endif
        if (FSync(file) != 0)
            throw Failed("fsync", path);
    }

    /// <summary>The same without what only says when a file was changed.</summary>
    /// <exception cref="IOException">As above.</exception>
    public static void SyncData(SafeFileHandle file, string path)
    {
#if FABRIC_PLANTS
        if (Fabric.Flags.Plant.Is("fsync-ignored"))
            return;
#endif
        if (FDataSync(file) != 0)
            throw Failed("fdatasync", path);
    }

    /// <summary>Returns when the names in the directory, such as one just renamed, are on the disk.</summary>
    public static void SyncDirectory(string path)
    {
        using var directory = Open(path, ReadOnly | Directory | CloseOnExec);
        if (directory.IsInvalid)
            throw Failed("open", path);
        Sync(directory, path);
    }

    private static IOException Failed(string call, string path)
    {
        var cause = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"{call} of {path} failed: {cause.Message}", cause);
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
