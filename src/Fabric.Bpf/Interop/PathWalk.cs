using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fabric.Bpf.Interop;

/// <summary>Something that a path leads through, or to.</summary>
/// <param name="Path">How the walk came to it.</param>
/// <param name="Device">The device that it is on.</param>
/// <param name="Inode">Its number there; the two together name it.</param>
/// <param name="Owner">The user who owns it.</param>
/// <param name="Mode">What it is and who may do what.</param>
/// <param name="IsOfProcess">Whether it is the kernel's word on a process, which its owner cannot change.</param>
internal readonly record struct PathStep(string Path, ulong Device, ulong Inode, uint Owner, uint Mode, bool IsOfProcess)
{
    /// <exception cref="IOException">The kernel does not say.</exception>
    internal static unsafe PathStep Of(SafeFileHandle handle, string path)
    {
        Libc.FileStatus status;
        Libc.FileSystem system;
        var fd = (int)handle.DangerousGetHandle();
        return Libc.fstat(fd, &status) == 0 && Libc.fstatfs(fd, &system) == 0
            ? new PathStep(path, status.Device, status.Inode, status.User, status.Mode, system.Type == Libc.ProcFsMagic)
            : throw new IOException($"cannot look at {path}: {Libc.LastError()}");
    }

    internal bool IsFolder => (Mode & Libc.ModeType) == Libc.ModeFolder;

    internal bool IsLink => (Mode & Libc.ModeType) == Libc.ModeLink;

    internal bool IsSameAs(PathStep other) => (Device, Inode) == (other.Device, other.Inode);
}

/// <summary>
/// What a path leads through, found as the kernel does, one name at a time, so that all who could make it lead
/// elsewhere are known.
/// </summary>
/// <param name="Through">Every folder and link on the way.</param>
/// <param name="Above">The folders that what it leads to is in, the outermost first.</param>
/// <param name="End">What it leads to.</param>
/// <param name="OtherRoot">The link to another root folder, such as a container's, that <paramref name="Above"/> begins with; empty for the host's own.</param>
internal sealed record PathWalk(IReadOnlyList<PathStep> Through, IReadOnlyList<PathStep> Above, PathStep End, string OtherRoot)
{
    /// <param name="path">An absolute path.</param>
    /// <param name="root">The folder that it begins at, and that no link leads out of, such as a container's <c>/proc/PID/root</c>; empty for the host's.</param>
    /// <exception cref="IOException">It leads nowhere, or not to be followed.</exception>
    internal static PathWalk Of(string path, string root = "") =>
        path.StartsWith('/') ? Of(path, root, nested: false) : throw new IOException($"{path} is not an absolute path");

    private static PathWalk Of(string path, string root, bool nested)
    {
        using var walker = new Walker(path, root, nested);
        return walker.Walk();
    }

    private sealed unsafe class Walker : IDisposable
    {
        private const int MaxSteps = 512;
        private const int MaxLinks = 40;
        private const int MaxLinkBytes = 4096;

        private readonly string _path;
        private readonly string _root;
        private readonly bool _nested;
        private readonly Stack<string> _left = new();
        private readonly List<PathStep> _through = [];
        private readonly List<(SafeFileHandle Handle, PathStep Step)> _above = [];
        private string _otherRoot = "";
        private int _links;

        internal Walker(string path, string root, bool nested)
        {
            _path = root + path;
            _root = root;
            _nested = nested;
            Begin(path);
        }

        public void Dispose() => Leave(0);

        internal PathWalk Walk()
        {
            while (_left.TryPop(out var name))
            {
                if (name == "..")
                    Up();
                else if (Step(name) is { } end)
                    return End(end);
            }

            var folder = _above[^1].Step;
            Leave(_above.Count - 1);
            return End(folder);
        }

        private PathWalk End(PathStep end) => _left.Count == 0
            ? new PathWalk(_through, [.. _above.Select(static one => one.Step)], end, _otherRoot)
            : throw new IOException($"{end.Path} is not a folder");

        /// <summary>Goes on from the root for a path that begins there, and from where the walk is otherwise.</summary>
        private void Begin(string path)
        {
            foreach (var name in path.Split('/').Reverse().Where(static name => name is not ("" or ".")))
                _left.Push(name);
            if (!path.StartsWith('/'))
                return;
            Leave(0);
            _otherRoot = _root;
            Enter(Open(folder: null, $"{_root}/", Libc.OpenPath), _root);
        }

        private void Up()
        {
            if (_above.Count > 1)
                Leave(_above.Count - 1);
            else if (_otherRoot != _root)
                throw new IOException($"{_path} leads out of {_otherRoot}");
        }

        /// <summary>What the name stands for, if nothing can follow it.</summary>
        private PathStep? Step(string name)
        {
            var folder = _above[^1];
            var path = $"{folder.Step.Path.TrimEnd('/')}/{name}";
            var handle = Open(folder.Handle, name, Libc.OpenPath | Libc.OpenNoFollow);
            var step = PathStep.Of(handle, path);
            if (step.IsFolder)
            {
                Enter(handle, path);
                return null;
            }

            using (handle)
                return step.IsLink ? Follow(handle, step, folder.Handle, name) : step;
        }

        private PathStep? Follow(SafeFileHandle link, PathStep step, SafeFileHandle folder, string name)
        {
            if (++_links > MaxLinks)
                throw new IOException($"{_path} leads through more than {MaxLinks} links");
            Add(step);
            var target = Target(link, step.Path);
            if (!target.StartsWith('/') || !step.IsOfProcess)
            {
                Begin(target);
                return null;
            }

            if (_root.Length > 0)
                throw new IOException($"{_path} leads out of {_root}");

            // The kernel does not read such a link's text but goes where it means: in a container, not the same.
            var meant = Open(folder, name, Libc.OpenPath);
            var end = PathStep.Of(meant, step.Path);
            if (!_nested && LeadsTo(target, end))
            {
                meant.Dispose();
                Begin(target);
                return null;
            }

            Leave(0);
            _otherRoot = step.Path;
            if (end.IsFolder)
            {
                Enter(meant, step.Path);
                return null;
            }

            meant.Dispose();
            return end;
        }

        private static bool LeadsTo(string path, PathStep end)
        {
            try
            {
                return Of(path, root: "", nested: true).End.IsSameAs(end);
            }
            catch (IOException)
            {
                return false;
            }
        }

        private void Enter(SafeFileHandle folder, string path)
        {
            var step = PathStep.Of(folder, path.Length == 0 ? "/" : path);
            _above.Add((folder, step));
            Add(step);
        }

        private void Leave(int first)
        {
            foreach (var (handle, _) in _above.Skip(first))
                handle.Dispose();
            _above.RemoveRange(first, _above.Count - first);
        }

        private void Add(PathStep step)
        {
            if (_through.Count >= MaxSteps)
                throw new IOException($"{_path} leads through more than {MaxSteps} folders and links");
            _through.Add(step);
        }

        private SafeFileHandle Open(SafeFileHandle? folder, string name, int flags)
        {
            var fd = Libc.openat(folder is null ? -1 : (int)folder.DangerousGetHandle(), name, flags | Libc.OpenCloseOnExec, 0);
            return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new IOException($"cannot follow {_path}: {name}: {Libc.LastError()}");
        }

        private static string Target(SafeFileHandle link, string path)
        {
            var text = stackalloc byte[MaxLinkBytes];
            var bytes = Libc.readlinkat((int)link.DangerousGetHandle(), "", text, MaxLinkBytes);
            return bytes is > 0 and < MaxLinkBytes
                ? Encoding.UTF8.GetString(text, (int)bytes)
                : throw new IOException($"cannot read the link {path}: {Libc.LastError()}");
        }
    }
}
