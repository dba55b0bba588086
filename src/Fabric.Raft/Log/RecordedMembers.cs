using System.Text;
using Fabric.Raft.Interop;

namespace Fabric.Raft.Log;

/// <summary>
/// The voters a log was begun with, written beside it. Started with others, members without this log could elect one another
/// and overwrite what it holds: one that grew to three by editing its configuration would lose everything.
/// </summary>
internal static class RecordedMembers
{
    /// <exception cref="LogUnusableException">The log was begun with other members.</exception>
    public static void Check(DataDirectory directory, IReadOnlyList<Member> members)
    {
        var path = PathIn(directory);
        if (Directory.Exists(directory.Journal))
            throw new LogUnusableException(
                $"The folder {directory.Root} is an observer's: what is in it was never voted on. Start the voter with a folder of its own.");
        var now = Lines(members.Select(static member => member.Name));
        if (!File.Exists(path))
        {
            Write(directory.Root, path, now);
            return;
        }

        var recorded = File.ReadAllText(path);
        if (recorded != now)
            throw new LogUnusableException(
                $"The log in {directory.Root} was begun by the members {Named(recorded)}, and this start names {Named(now)}. "
                + "Start it with the members it had. To replace a dead member on purpose, stop all, copy the data directory of the member "
                + $"with the highest applied index to the new member, delete {path} on each, and start all with the new list.");
    }

    /// <exception cref="LogUnusableException">A voter kept its log here: as an observer it would forget its votes.</exception>
    public static void RefuseVoter(DataDirectory directory)
    {
        if (File.Exists(PathIn(directory)))
            throw new LogUnusableException(
                $"The folder {directory.Root} is a voter's. Start it with the members it had, or give the observer a folder of its own.");
    }

    private static string PathIn(DataDirectory directory) => Path.Combine(directory.Root, "members");

    /// <summary>Writes who they are into a folder that no member uses yet.</summary>
    public static void Record(string root, IEnumerable<string> names) => Write(root, Path.Combine(root, "members"), Lines(names));

    private static string Lines(IEnumerable<string> names) => string.Join('\n', names.Order(StringComparer.Ordinal)) + "\n";

    private static void Write(string root, string path, string text)
    {
        var temporary = path + ".tmp";
        using (var handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(handle, Encoding.UTF8.GetBytes(text), 0);
            LibC.Sync(handle, temporary);
        }

        File.Move(temporary, path, overwrite: true);
        LibC.SyncDirectory(root);
    }

    private static string Named(string lines) => string.Join(", ", lines.Split('\n', StringSplitOptions.RemoveEmptyEntries));
}
