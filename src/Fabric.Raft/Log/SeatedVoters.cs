using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Fabric.Flags.Hosts;
using Fabric.Raft.Interop;

namespace Fabric.Raft.Log;

/// <summary>
/// The voters by which this member lives, once one of them was replaced: written before it lives by them, so that a restart
/// never goes back to an older list. A list is taken from what is committed alone.
/// </summary>
internal static class SeatedVoters
{
    private const string FileName = "voters";

    /// <summary>The list, without whom it awaits; null while the voters are those with which the log was begun.</summary>
    /// <exception cref="LogUnusableException">What is there is no list of voters.</exception>
    public static VoterList? Read(string root)
    {
        var path = Path.Combine(root, FileName);
        if (!File.Exists(path))
            return null;
        var lines = File.ReadAllLines(path);
        var seats = lines.Skip(1).Select(static line => line.Split(' '))
            .Where(static parts => parts.Length == 4 && Guid.TryParseExact(parts[3], "D", out _))
            .Select(static parts => new VoterSeat(parts[0], parts[1], parts[2], Guid.ParseExact(parts[3], "D"))).ToImmutableArray();
        return lines.Length > 0 && long.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var since) && seats.Length == lines.Length - 1
            ? new VoterList(since, seats, null)
            : throw new LogUnusableException($"{path} holds no list of voters. Delete the whole data folder, and start this host as a new one.");
    }

    /// <summary>The list is on the disk when this returns; an older one than what is there changes nothing.</summary>
    public static void Write(string root, VoterList list)
    {
        if (Read(root) is { } there && there.Since >= list.Since)
            return;
        var path = Path.Combine(root, FileName);
        var temporary = path + ".tmp";
        var text = string.Create(CultureInfo.InvariantCulture, $"{list.Since}\n") + string.Concat(list.Seats.Select(static seat => $"{seat.Name} {seat.Raft} {seat.Http} {seat.Identity:D}\n"));
        using (var handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(handle, Encoding.UTF8.GetBytes(text), 0);
            LibC.Sync(handle, temporary);
        }

        File.Move(temporary, path, overwrite: true);
        LibC.SyncDirectory(root);
    }
}
