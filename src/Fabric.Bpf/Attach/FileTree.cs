using System.Runtime.InteropServices;
using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Attach;

/// <summary>The files as the processes of one mount namespace see them: the host's own, or a container's.</summary>
internal sealed unsafe class FileTree : IDisposable
{
    private const nint OpenAt2 = 437;

    /// <summary>Links lead where they lead in the container: never out of it, and never through another process.</summary>
    private const ulong InRoot = 0x10 | 0x2; // RESOLVE_IN_ROOT, RESOLVE_NO_MAGICLINKS

    private readonly int? _root;

    private FileTree(ulong space, string? container, int? root, string prefix)
    {
        Space = space;
        Container = container;
        _root = root;
        Prefix = prefix;
    }

    /// <summary>The tree that this process itself sees.</summary>
    internal static FileTree Host { get; } = new(0, null, null, "");

    /// <summary>Number of the mount namespace; 0 for the host's.</summary>
    internal ulong Space { get; }

    /// <summary>Control group of the process that the tree was found by; null for the host.</summary>
    internal string? Container { get; }

    /// <summary>The tree that a process sees; null when it has ended, or this one may not look.</summary>
    internal static FileTree? Of(ulong space, int process, string container)
    {
        var prefix = $"/proc/{process}/root";
        var root = Libc.open(prefix, Libc.OpenPath | Libc.OpenDirectory | Libc.OpenCloseOnExec, 0);
        return root < 0 ? null : new FileTree(space, container, root, prefix);
    }

    /// <summary>What the host writes before a path of the tree.</summary>
    internal string Prefix { get; }

    /// <summary>The path as the host has it.</summary>
    internal string PathOf(string path) => Prefix + path;

    /// <summary>Whether there is anything at a path, and which file.</summary>
    /// <param name="path">An absolute path in the tree.</param>
    /// <param name="identity">The file.</param>
    /// <param name="trouble">Why that cannot be said; null when nothing is there.</param>
    internal bool TryLook(string path, out FileIdentity identity, out string? trouble)
    {
        identity = default;
        trouble = Path.IsPathFullyQualified(path) && !path.Contains('\0') ? null : $"{path} is not an absolute path";
        if (trouble is not null)
            return false;
        Libc.FileStatus status;
        var error = Status(path, &status);
        trouble = error == 0 || Libc.LeadsNowhere(error) ? null : $"cannot open {PathOf(path)}: {Marshal.GetPInvokeErrorMessage(error)}";
        if (error != 0)
            return false;
        identity = FileIdentity.Of(status);
        return true;
    }

    /// <exception cref="IOException">It cannot be opened, or is no regular file.</exception>
    internal RegularFile Open(string path)
    {
        var found = Find(path);
        return found < 0
            ? throw new IOException($"cannot open {PathOf(path)}: {Libc.LastError()}")
            : RegularFile.OpenFound(found, PathOf(path));
    }

    public void Dispose()
    {
        if (_root is { } root)
            _ = Libc.close(root);
    }

    private int Status(string path, Libc.FileStatus* status)
    {
        if (_root is null)
            return Libc.fstatat(Libc.CurrentFolder, path, status, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
        var found = Find(path);
        if (found < 0)
            return Marshal.GetLastPInvokeError();
        var error = Libc.fstat(found, status) == 0 ? 0 : Marshal.GetLastPInvokeError();
        _ = Libc.close(found);
        return error;
    }

    private int Find(string path)
    {
        const int flags = Libc.OpenPath | Libc.OpenCloseOnExec;
        if (_root is not { } root)
            return Libc.open(path, flags, 0);
        var how = new How { Flags = flags, Resolve = InRoot };
        var name = Marshal.StringToCoTaskMemUTF8(path);
        var found = (int)Libc.syscall(OpenAt2, root, name, (nint)(&how), sizeof(How));
        var error = Marshal.GetLastPInvokeError();
        Marshal.FreeCoTaskMem(name);
        Marshal.SetLastPInvokeError(error);
        return found;
    }

    /// <summary>struct open_how.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct How
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
