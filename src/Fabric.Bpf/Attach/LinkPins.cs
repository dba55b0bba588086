using System.Runtime.InteropServices;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;

namespace Fabric.Bpf.Attach;

/// <summary>
/// The folder of a BPF file system where a node's links outlive it. Its lock belongs to the living node: nobody else
/// touches what is in it.
/// </summary>
internal sealed class LinkPins(string folder) : IDisposable
{
    private int _lock = -1;

    /// <summary>The folder of a node of this host.</summary>
    internal static string FolderOf(string node) => $"{TablePlace.PinFolder}/{TablePlace.PinName(node)}/{Links}";

    /// <summary>-EAGAIN.</summary>
    internal const int IsHeld = -11;

    /// <summary>Name of the folder below the node's.</summary>
    internal const string Links = "links";

    /// <summary>Makes sure that the folder is there and this process's. Why not, otherwise: links then end with the process.</summary>
    internal string? WhyNot()
    {
        if (_lock >= 0 && Directory.Exists(folder))
            return null;
        Unlock();
        try
        {
            TablePlace.MountPinFolder();
            Directory.CreateDirectory(folder);
            if (!Libc.IsOnBpfFs(folder))
                return $"{folder} is not on a BPF file system";
            // Whoever may open it could hold its lock.
            _ = Libc.chmod(folder, 0x1c0); // rwx------
        }
        catch (Exception refused) when (refused is TableUnusableException or IOException or UnauthorizedAccessException)
        {
            return refused.Message;
        }

        _lock = TryLock(folder);
        return _lock >= 0 ? null
            : _lock == IsHeld ? $"{folder} belongs to another node that runs on this host"
            : $"cannot open {folder}: {Marshal.GetPInvokeErrorMessage(-_lock)}";
    }

    /// <summary>What is pinned there, this process's or an earlier one's. What is no link of an attachment's is left out.</summary>
    internal IEnumerable<PinnedLink> Read()
    {
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            if (LinkName.Parse(Path.GetFileName(path)) is { } name && UprobeLink.Open(path) is { } link)
                yield return new PinnedLink(link, name, path);
        }
    }

    /// <summary>A link that outlives this process where it can be pinned, and otherwise ends with it.</summary>
    internal PinnedLink Keep(UprobeLink link, string program, string attachment, FileIdentity file)
    {
        var name = new LinkName(attachment, file.Device, file.Inode, program, link.Info?.Id ?? 0);
        var pinned = new PinnedLink(link, name, Path.Combine(folder, name.ToString()));
        if (_lock >= 0)
            pinned.Restore();
        return pinned;
    }

    /// <summary>The lock of a node's folder: <see cref="IsHeld"/> when a living node has it, otherwise -errno when it cannot be had.</summary>
    internal static int TryLock(string folder)
    {
        var fd = Libc.open(folder, Libc.OpenReadOnly | Libc.OpenDirectory | Libc.OpenCloseOnExec, 0);
        if (fd < 0)
            return -Marshal.GetLastPInvokeError();
        if (Libc.flock(fd, Libc.LockExclusive | Libc.LockNonBlocking) == 0)
            return fd;
        var error = Marshal.GetLastPInvokeError();
        _ = Libc.close(fd);
        return -error;
    }

    public void Dispose() => Unlock();

    private void Unlock()
    {
        if (_lock >= 0)
            _ = Libc.close(_lock);
        _lock = -1;
    }
}

/// <summary>A link and where it is pinned.</summary>
internal sealed class PinnedLink(UprobeLink link, LinkName name, string path) : IDisposable
{
    internal LinkName Name => name;

    internal LinkInfo? Info => link.Info;

    /// <summary>Pins it where its pin is gone, for whatever reason. Where the kernel refuses, it ends with this process.</summary>
    internal void Restore()
    {
        if (!File.Exists(path))
            _ = link.Pin(path);
    }

    /// <summary>Detaches it. When this returns, the function answers for itself.</summary>
    internal void Release()
    {
        _ = Libc.unlink(path);
        link.Dispose();
    }

    /// <summary>Closes it; it stays attached while its pin is there.</summary>
    public void Dispose() => link.Dispose();
}
