using Fabric.Raft.Interop;
using Fabric.Raft.Snapshots;

namespace Fabric.Raft.Recovery;

/// <summary>A backup: a snapshot in a file of its own, with its length and its checksum in it.</summary>
public static class BackupFile
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Reads one; exactly one of the two results is set.</summary>
    public static (RecoveredState? State, string? Because) Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > SnapshotFormat.MaxBytes)
                return (null, $"it is larger than {SnapshotFormat.MaxBytes} bytes");
            return SnapshotFormat.Read(File.ReadAllBytes(path)) switch
            {
                SnapshotRead.Good good => (new RecoveredState(good.State, 0), null),
                SnapshotRead.Bad bad => (null, bad.Because),
                SnapshotRead.Newer newer => (null, newer.Sentence),
                var other => throw new InvalidOperationException($"reading a snapshot has no case {other}"),
            };
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (null, unreadable.Message);
        }
    }

    /// <summary>
    /// Saves what comes as a backup: beside its name first, on the disk, read back and checked, and only then under its name.
    /// What was there before stays where any of that fails.
    /// </summary>
    /// <param name="source">The bytes.</param>
    /// <param name="path">Its name.</param>
    /// <param name="overwrite">Replaces a file that is there.</param>
    /// <param name="saved">Is told how many bytes are written.</param>
    /// <param name="token">Ends it.</param>
    /// <exception cref="InvalidDataException">What came is no whole backup.</exception>
    /// <exception cref="IOException">It could not be written.</exception>
    public static async Task<RecoveredState> SaveAsync(Stream source, string path, bool overwrite, Action<long>? saved, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(source);
        var beside = $"{path}.{Guid.NewGuid():N}";
        try
        {
            await WriteAsync(source, beside, saved, token);
            var (state, because) = Read(beside);
            if (state is null)
                throw new InvalidDataException($"what came is no whole backup: {because}");
            File.Move(beside, path, overwrite);
            LibC.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return state;
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private static async Task WriteAsync(Stream source, string path, Action<long>? saved, CancellationToken token)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
        var buffer = new byte[BufferBytes];
        long total = 0;
        int read;
        while ((read = await source.ReadAsync(buffer, token)) > 0)
        {
            await file.WriteAsync(buffer.AsMemory(0, read), token);
            saved?.Invoke(total += read);
        }

        await file.FlushAsync(token);
        LibC.Sync(file.SafeFileHandle, path);
    }
}
