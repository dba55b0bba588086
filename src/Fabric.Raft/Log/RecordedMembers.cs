using System.Text;
using Fabric.Raft.Interop;

namespace Fabric.Raft.Log;

/// <summary>
/// The voters a log was begun with, written beside it. Started with others, members without this log could elect one another
/// and overwrite what it holds: one that grew to three by editing its configuration would lose everything. The identity that
/// each had tells a voter that was emptied from one that never was there.
/// </summary>
internal static class RecordedMembers
{
    /// <summary>The voters with their identities; null for a folder that has never taken part in a vote.</summary>
    public static IReadOnlyDictionary<string, Guid?>? Read(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        return File.Exists(path) ? Parse(File.ReadAllText(path)) : null;
    }

    /// <summary>Records the voters in a folder that has never voted; what an observer kept in it is in its snapshot by now.</summary>
    public static void Begin(DataDirectory directory, IReadOnlyList<Member> members, IReadOnlyDictionary<string, Guid> identities)
    {
        Write(directory.Root, members.ToDictionary(
            static member => member.Name, member => identities.TryGetValue(member.Name, out var identity) ? (Guid?)identity : null));
        DropJournal(directory);
    }

    /// <exception cref="LogUnusableException">The log was begun with other members.</exception>
    public static void Check(DataDirectory directory, IReadOnlyList<Member> members)
    {
        if (Read(directory.Root) is not { } recorded)
        {
            if (Directory.Exists(directory.Journal))
                throw new LogUnusableException(
                    $"The folder {directory.Root} is an observer's: what is in it was never voted on. Start the voter with a folder of its own.");
            Write(directory.Root, members.ToDictionary(static member => member.Name, static _ => (Guid?)null));
            return;
        }

        var now = members.Select(static member => member.Name).Order(StringComparer.Ordinal).ToArray();
        var then = recorded.Keys.Order(StringComparer.Ordinal).ToArray();
        if (!then.SequenceEqual(now))
            throw new LogUnusableException(
                $"The log in {directory.Root} was begun by the members {string.Join(", ", then)}, and this start names {string.Join(", ", now)}. "
                + "Start it with the members it had. A voter of three is replaced while the other two run: `fabric cluster promote`.");
        DropJournal(directory);
    }

    /// <exception cref="LogUnusableException">A voter kept its log here: as an observer it would forget its votes.</exception>
    public static void RefuseVoter(DataDirectory directory)
    {
        if (Read(directory.Root) is not null)
            throw new LogUnusableException(
                $"The folder {directory.Root} is a voter's. Start it with the members it had, or give the observer a folder of its own.");
    }

    private const string FileName = "members";

    /// <summary>Writes who they are into a folder that no member uses yet.</summary>
    public static void Record(string root, IEnumerable<string> names) => Write(root, names.ToDictionary(static name => name, static _ => (Guid?)null));

    /// <summary>A voter's log goes on where its snapshot ends, and knows no journal.</summary>
    public static void DropJournal(DataDirectory directory)
    {
        if (Directory.Exists(directory.Journal))
            Directory.Delete(directory.Journal, recursive: true);
    }

    /// <summary>A line each: the name, and the identity where it is known.</summary>
    private static Dictionary<string, Guid?> Parse(string text)
    {
        var members = new Dictionary<string, Guid?>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ', 2);
            members[parts[0]] = parts.Length == 2 && Guid.TryParseExact(parts[1], "D", out var identity) ? identity : null;
        }

        return members;
    }

    private static void Write(string root, Dictionary<string, Guid?> members)
    {
        var path = Path.Combine(root, FileName);
        var lines = members.OrderBy(static member => member.Key, StringComparer.Ordinal)
            .Select(static member => member.Value is { } identity ? $"{member.Key} {identity:D}\n" : $"{member.Key}\n");
        var temporary = path + ".tmp";
        using (var handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(handle, Encoding.UTF8.GetBytes(string.Concat(lines)), 0);
            LibC.Sync(handle, temporary);
        }

        File.Move(temporary, path, overwrite: true);
        LibC.SyncDirectory(root);
    }
}
