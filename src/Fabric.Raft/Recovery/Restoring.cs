using Fabric.Flags.Hosts;
using Fabric.Flags.State;
using Fabric.Raft.Interop;
using Fabric.Raft.Log;
using Fabric.Raft.Snapshots;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabric.Raft.Recovery;

/// <summary>Makes the data folder that a new fabric begins with.</summary>
public static class Restoring
{
    /// <summary>
    /// Revisions that a restored fabric skips. What it was restored from may be older than what clients have seen of the lost
    /// fabric: a number that stood for something there must not stand for something else here.
    /// </summary>
    public const long DefaultSkip = 1_000_000;

    // What a new member's log begins with: entries of the new fabric must never be of an older term than what they follow.
    private const long FirstTerm = 0;

    /// <summary>
    /// Writes the folder: all or nothing of it. The fabric in it has an id of its own, so that tables of the lost one are
    /// replaced; flags keep their revisions and their history.
    /// </summary>
    /// <param name="from">What the fabric was.</param>
    /// <param name="dataDirectory">The folder; it must not exist yet, or be empty.</param>
    /// <param name="voters">The names of the voters: one, or three that all begin with a copy of this folder.</param>
    /// <param name="skip">Revisions to skip, at least 0.</param>
    /// <returns>The new fabric, with the revision that it begins at.</returns>
    /// <exception cref="IOException">The folder has something in it, or cannot be written.</exception>
    /// <exception cref="InvalidDataException">There was no fabric yet in what it is restored from.</exception>
    public static FabricState Into(RecoveredState from, string dataDirectory, IReadOnlyList<string> voters, long skip = DefaultSkip)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        if (from.Fabric.Identity is not { } lost)
            throw new InvalidDataException("it holds no fabric yet, so there is nothing to restore");
        if (Directory.Exists(dataDirectory) && Directory.EnumerateFileSystemEntries(dataDirectory).Any())
            throw new IOException($"{dataDirectory} is not empty; a fabric is restored into a new folder");

        var whole = Path.GetFullPath(dataDirectory).TrimEnd('/');
        var beside = $"{whole}.{Guid.NewGuid():N}";
        try
        {
            var begins = New(from.Fabric, new FabricIdentity(Guid.NewGuid(), lost.Capacity), skip);
            var store = new SnapshotStore(Directory.CreateDirectory(Path.Combine(beside, "snapshots")).FullName, NullLogger.Instance);
            store.Write(from.State with { Fabric = begins, Term = FirstTerm });
            RecordedMembers.Record(beside, voters);
            if (Directory.Exists(whole))
                Directory.Delete(whole);
            Directory.Move(beside, whole);
            LibC.SyncDirectory(Path.GetDirectoryName(whole)!);
            return begins;
        }
        finally
        {
            if (Directory.Exists(beside))
                Directory.Delete(beside, recursive: true);
        }
    }

    private static FabricState New(FabricState lost, FabricIdentity identity, long skip)
    {
        // The gap belongs to the revision too: whoever listens from within it is told to read the flags anew.
        var revision = lost.AppliedIndex + skip;
        // Whoever belonged to the lost fabric joins this one anew.
        return lost with { Roster = HostRoster.Empty, Identity = identity, AppliedIndex = revision, Flags = FlagSet.Restore(revision, lost.Flags.Flags.Values) };
    }
}
