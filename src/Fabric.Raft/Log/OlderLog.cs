using System.Buffers.Binary;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using Fabric.Raft.Interop;
using Fabric.Raft.Snapshots;

namespace Fabric.Raft.Log;

/// <summary>
/// The library's own log, which older builds kept. It is read once and written anew; each step may be broken off and is
/// made again at the next start. An older build that is started on the folder afterwards is refused by the library: it
/// would find no entries and vote as if it had never held any.
/// </summary>
internal static class OlderLog
{
    private const int CheckpointBytes = 20;
    private const uint LaterVersion = 0x46414231;
    private const int ChunkBytes = 1024 * 1024;

    /// <summary>Writes the entries and the vote of an older build to where this one keeps them.</summary>
    /// <param name="folder">The log's folder.</param>
    /// <param name="snapshot">The snapshot that was loaded.</param>
    /// <param name="token">Ends it.</param>
    /// <exception cref="InvalidDataException">This build's entries are gone.</exception>
    public static async Task TakeOverAsync(LogFolder folder, SnapshotFile? snapshot, CancellationToken token)
    {
        Directory.CreateDirectory(folder.Votes);
        if (!Directory.Exists(folder.Entries) && HeadOf(folder) is { } head)
            await RewriteAsync(folder, head, snapshot, token);
    }

    /// <summary>Once the entries are in place: no older build takes the folder for an empty one, and what it kept goes.</summary>
    public static void Retire(LogFolder folder)
    {
        var marker = new byte[CheckpointBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(marker, LaterVersion);
        if (!File.Exists(folder.OlderCheckpoint) || !File.ReadAllBytes(folder.OlderCheckpoint).AsSpan().SequenceEqual(marker))
            Write(folder.OlderCheckpoint, marker);
        foreach (var pages in folder.OlderPages.Where(Directory.Exists))
            Directory.Delete(pages, recursive: true);
        File.Delete(folder.OlderState);
        LibC.SyncDirectory(folder.Root);
    }

    /// <summary>How far an older build's log goes; null where there is none.</summary>
    public static LogHead? HeadOf(LogFolder folder)
    {
        if (!File.Exists(folder.OlderCheckpoint))
            return null;
        var bytes = File.ReadAllBytes(folder.OlderCheckpoint);
        return bytes.Length switch
        {
            0 => new LogHead(0, 0),
            CheckpointBytes when BinaryPrimitives.ReadUInt32LittleEndian(bytes) == 1 => new LogHead(
                BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(4)), BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(12))),
            _ => throw new InvalidDataException($"{folder.OlderCheckpoint} belongs to no log that this build can find the entries of."),
        };
    }

    private static async Task RewriteAsync(LogFolder folder, LogHead head, SnapshotFile? snapshot, CancellationToken token)
    {
        var entries = await ReadAsync(folder, snapshot, token);
        if (File.Exists(folder.OlderState))
            Copy(folder.OlderState, Path.Combine(folder.Votes, Path.GetFileName(folder.OlderState)));
        LibC.SyncDirectory(folder.Votes);

        var beside = folder.Entries + ".tmp";
        if (Directory.Exists(beside))
            Directory.Delete(beside, recursive: true);
        var (files, _) = LogFiles.Open(beside);
        using (files)
            files.Append(new LogFrame(head.CommitIndex, entries), flush: true);
        Directory.Move(beside, folder.Entries);
        LibC.SyncDirectory(folder.Root);
    }

    private static async Task<IReadOnlyList<StoredEntry>> ReadAsync(LogFolder folder, SnapshotFile? snapshot, CancellationToken token)
    {
        await using var log = new WriteAheadLog(
            new WriteAheadLog.Options
            {
                Location = folder.Root,
                ChunkSize = ChunkBytes,
                HashAlgorithm = WriteAheadLog.IntegrityHashAlgorithm.XxHash64,
                MemoryManagement = WriteAheadLog.MemoryManagementStrategy.PrivateMemory,
            },
            new Reader(snapshot));
        await log.InitializeAsync(token);
        var first = (snapshot?.Index ?? 0) + 1;
        if (first > log.LastEntryIndex)
            return [];
        var read = new List<StoredEntry>();
        using var reader = await log.ReadAsync(first, log.LastEntryIndex, token);
        foreach (var entry in reader)
            read.Add(await StoredEntry.OfAsync(entry, entry.Index, token));
        return read;
    }

    private static void Copy(string from, string to) => Write(to, File.ReadAllBytes(from));

    private static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(file, bytes, 0);
        LibC.Sync(file, path);
    }

    /// <summary>Applies nothing: the entries are only read.</summary>
    private sealed class Reader(ISnapshot? snapshot) : IStateMachine
    {
        public ISnapshot? Snapshot => snapshot;

        public ValueTask<long> ApplyAsync(LogEntry entry, CancellationToken token) => ValueTask.FromResult(entry.Index);

        public ValueTask ReclaimGarbageAsync(long watermark, CancellationToken token) => ValueTask.CompletedTask;
    }
}
