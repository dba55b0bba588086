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
        var path = Path.Combine(directory.Root, "members");
        var now = string.Join('\n', members.Select(static member => member.Name).Order(StringComparer.Ordinal)) + "\n";
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
