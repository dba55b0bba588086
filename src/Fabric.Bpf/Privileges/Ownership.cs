using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Privileges;

/// <summary>Whose files are.</summary>
public static unsafe class Ownership
{
    private const uint Root = 0;

    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        // No link is followed.
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <summary>The user that a path belongs to; null where there is nothing.</summary>
    public static uint? Of(string path)
    {
        Libc.FileStatus status;
        return Libc.lstat(path, &status) == 0 ? status.User : null;
    }

    /// <summary>The mode bits of a path; null where there is nothing.</summary>
    public static uint? ModeOf(string path)
    {
        Libc.FileStatus status;
        return Libc.lstat(path, &status) == 0 ? status.Mode : null;
    }

    /// <summary>
    /// Gives what belongs to root to a user. What is anybody else's is left alone: it may be a trap for whoever gives things away.
    /// </summary>
    /// <param name="path">A file or a folder.</param>
    /// <param name="to">The new owner.</param>
    /// <param name="withContent">With all that is in the folder.</param>
    /// <returns>Whether it is the user's now.</returns>
    /// <exception cref="IOException">It cannot be given.</exception>
    public static bool HandOver(string path, Account to, bool withContent = true)
    {
        var owner = Of(path);
        if (owner == to.User)
            return true;
        if (owner != Root)
            return false;
        // The folder itself comes last: until then nobody but root can change what is in it.
        if (withContent && Directory.Exists(path))
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(path, "*", Everything))
                Give(entry, to);
        }

        Give(path, to);
        return true;
    }

    private static void Give(string path, Account to)
    {
        if (Libc.lchown(path, to.User, to.Group) != 0)
            throw new IOException($"cannot give {path} to {to.Name}: {Libc.LastError()}");
    }
}
