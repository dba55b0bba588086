using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Attach;

/// <summary>
/// Which files of a host may be attached to. What the API is asked for decides which functions of other users'
/// programs are answered, so the host's own operator says where that may be: by default anywhere, as long as nobody
/// but root and the node's user could put another file in its place.
/// </summary>
public sealed record TargetRules
{
    private const uint Root = 0;

    /// <summary>Folders that a file must be below one of; empty for any. A container's file must be below the same folder of its own.</summary>
    public IReadOnlyList<string> Roots { get; init; } = [];

    /// <summary>Users, besides root and the node's own, who may own a file and the folders that it is in.</summary>
    public IReadOnlyList<uint> Owners { get; init; } = [];

    /// <summary>Whether a file and the folders that it is in may be writable by others than their owner.</summary>
    public bool MayBeWritable { get; init; }

    /// <summary>Why an open file must not be attached to by this path, in words; null where it may.</summary>
    /// <param name="path">The absolute path that it was opened by.</param>
    /// <param name="file">The file itself: it is judged, whatever is at its path by now.</param>
    /// <param name="root">What the path is in: a container's <c>/proc/PID/root</c>; empty for the host.</param>
    internal string? WhyNot(string path, RegularFile file, string root = "")
    {
        try
        {
            var walk = PathWalk.Of(path, root);
            return walk.Through.Select(WhyNotThrough).FirstOrDefault(static why => why is not null)
                ?? (walk.End.IsSameAs(PathStep.Of(file.Handle, root + path)) ? null : $"{root}{path} leads to another file by now")
                ?? WhyNotThis(file, root + path)
                ?? WhyNotHere(root + path, walk);
        }
        catch (IOException unknown)
        {
            return unknown.Message;
        }
    }

    /// <summary>The same of a file that has no path any more, and of which only what it is itself can be judged.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">What it is called in the reason.</param>
    internal string? WhyNotThis(RegularFile file, string name)
    {
        var step = PathStep.Of(file.Handle, name);
        return WhyNotOwned(step) is { } owned ? owned
            : (step.Mode & Libc.ModeOthersWrite) != 0 && !MayBeWritable
                ? $"others than its owner may write {name} (mode {Octal(step.Mode)}); --attach-writable allows it"
                : null;
    }

    /// <summary>Nobody but trusted users can have made a path lead where it does.</summary>
    private string? WhyNotThrough(PathStep step)
    {
        if (WhyNotOwned(step) is { } owned)
            return owned;
        // With the sticky bit, only the owner of what is in a folder can move it away, and owners are looked at.
        var canBeReplaced = step.IsFolder && (step.Mode & Libc.ModeOthersWrite) != 0 && (step.Mode & Libc.ModeSticky) == 0;
        return canBeReplaced && !MayBeWritable
            ? $"others than its owner may change what is in {step.Path} (mode {Octal(step.Mode)}); --attach-writable allows it"
            : null;
    }

    private string? WhyNotOwned(PathStep step) =>
        step.IsOfProcess || step.Owner == Root || step.Owner == Libc.geteuid() || Owners.Contains(step.Owner)
            ? null
            : $"{step.Path} belongs to user {step.Owner}, who is neither root nor the node's own; --attach-owner {step.Owner} allows it";

    private string? WhyNotHere(string path, PathWalk walk) =>
        Roots.Count == 0 || Roots.Any(root => IsBelow(walk, root))
            ? null
            : $"{path} is not below {string.Join(", ", Roots)}, where alone this host allows it (--attach-root)";

    private static bool IsBelow(PathWalk walk, string root)
    {
        try
        {
            var folder = PathWalk.Of(root, walk.OtherRoot).End;
            return walk.Above.Any(folder.IsSameAs);
        }
        catch (IOException)
        {
            // A folder that this host, or the container, does not have.
            return false;
        }
    }

    private static string Octal(uint mode) => $"0{Convert.ToString(mode & 0xfff, 8).PadLeft(3, '0')}";
}
