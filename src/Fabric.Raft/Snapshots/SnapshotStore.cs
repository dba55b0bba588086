using DotNext.IO;
using Fabric.Raft.Interop;
using Fabric.Raft.StateMachine;
using Microsoft.Extensions.Logging;

namespace Fabric.Raft.Snapshots;

/// <summary>A snapshot that was found bad.</summary>
internal sealed record BadSnapshot(string Path, long Index, string Because);

/// <summary>What a start finds on disk: the newest good snapshot with its state, and every bad one that is newer than it.</summary>
internal sealed record SnapshotsFound(SnapshotFile? File, MachineState State, IReadOnlyList<BadSnapshot> Bad);

/// <summary>
/// The folder of snapshots. A file gets its name only when it is whole, checked and on the disk, so one that is found bad
/// was good once and has rotted.
/// </summary>
internal sealed class SnapshotStore(string directory, ILogger logger)
{
    private const string Temporary = ".tmp";
    private const int CopyBufferBytes = 64 * 1024;

    /// <summary>Reads what is there, newest first, until one is good.</summary>
    /// <exception cref="LogUnusableException">A newer build wrote it.</exception>
    public SnapshotsFound Load()
    {
        Directory.CreateDirectory(directory);
        foreach (var leftover in Directory.EnumerateFiles(directory, "*" + Temporary))
            File.Delete(leftover);

        var bad = new List<BadSnapshot>();
        foreach (var (path, index, term) in Named().OrderByDescending(static file => file.Index).ThenByDescending(static file => file.Term))
        {
            switch (ReadFile(path, index, term))
            {
                case SnapshotRead.Good good:
                    return new SnapshotsFound(new SnapshotFile(path, index, term), good.State, bad);
                case SnapshotRead.Newer newer:
                    // Neither damaged nor to be gone behind: an older one would lead to a state that has forgotten.
                    throw new LogUnusableException($"Snapshot {path} cannot be read: {newer.Sentence}. Run that build here again; nothing was changed.");
                case SnapshotRead.Bad found:
                    bad.Add(new BadSnapshot(path, index, found.Because));
                    break;
            }
        }

        return new SnapshotsFound(null, MachineState.Empty, bad);
    }

    /// <summary>Writes a snapshot of <paramref name="state"/>. Returns when it is on the disk under its name.</summary>
    public SnapshotFile Write(MachineState state)
    {
        var temporary = NewTemporary();
        try
        {
            using (var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(handle, SnapshotFormat.Write(state), 0);
                LibC.Sync(handle, temporary);
            }

            return Adopt(temporary, state);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Receives a snapshot, checks it, and gives it its name. Nothing that was there before is touched when it is bad.</summary>
    public async Task<(SnapshotFile File, MachineState State)> ReceiveAsync(IDataTransferObject incoming, CancellationToken token)
    {
        if (incoming.Length > SnapshotFormat.MaxBytes)
            throw new InvalidDataException($"A snapshot of {incoming.Length} bytes was offered; the largest that is taken has {SnapshotFormat.MaxBytes}.");
        return (await ReceiveAsync(stream => incoming.WriteToAsync(stream, CopyBufferBytes, token).AsTask(), static _ => true))!.Value;
    }

    /// <summary>As above, from a stream; null when it is whole and <paramref name="wanted"/> declines it.</summary>
    public Task<(SnapshotFile File, MachineState State)?> ReceiveAsync(Stream incoming, Func<MachineState, bool> wanted, CancellationToken token) =>
        ReceiveAsync(stream => CopyAsync(incoming, stream, token), wanted);

    /// <summary>Deletes snapshots older than <paramref name="index"/>.</summary>
    public void DeleteBefore(long index)
    {
        foreach (var file in Named().Where(file => file.Index < index))
            File.Delete(file.Path);
    }

    /// <summary>Deletes all snapshots but those at <paramref name="index"/>.</summary>
    public void DeleteOthers(long index)
    {
        foreach (var file in Named().Where(file => file.Index != index))
            File.Delete(file.Path);
    }

    private async Task<(SnapshotFile File, MachineState State)?> ReceiveAsync(Func<Stream, Task> fill, Func<MachineState, bool> wanted)
    {
        var temporary = NewTemporary();
        try
        {
            await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 0, FileOptions.Asynchronous))
            {
                await fill(stream);
                await stream.FlushAsync(CancellationToken.None);
                LibC.Sync(stream.SafeFileHandle, temporary);
            }

            var received = SnapshotFormat.Read(await File.ReadAllBytesAsync(temporary, CancellationToken.None)) switch
            {
                SnapshotRead.Good good => good.State,
                SnapshotRead.Bad bad => throw Refused(bad.Because),
                SnapshotRead.Newer newer => throw Refused(newer.Sentence),
                _ => throw Refused("it could not be read"),
            };
            return wanted(received) ? (Adopt(temporary, received), received) : null;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private InvalidDataException Refused(string because)
    {
        Logs.SnapshotRefused(logger, because);
        return new InvalidDataException($"The snapshot that came in was refused, and nothing was replaced: {because}.");
    }

    private static async Task CopyAsync(Stream incoming, Stream file, CancellationToken token)
    {
        var buffer = new byte[CopyBufferBytes];
        long total = 0;
        int read;
        while ((read = await incoming.ReadAsync(buffer, token)) > 0)
        {
            total += read;
            if (total > SnapshotFormat.MaxBytes)
                throw new InvalidDataException($"The snapshot that came in has more than {SnapshotFormat.MaxBytes} bytes.");
            await file.WriteAsync(buffer.AsMemory(0, read), token);
        }
    }

    private SnapshotFile Adopt(string temporary, MachineState state)
    {
        var (index, term) = (state.Fabric.AppliedIndex, state.Term);
        var path = Path.Combine(directory, SnapshotFile.NameOf(index, term));
        File.Move(temporary, path, overwrite: true);
        LibC.SyncDirectory(directory);
        return new SnapshotFile(path, index, term);
    }

    private string NewTemporary() => Path.Combine(directory, Guid.NewGuid().ToString("N") + Temporary);

    private IEnumerable<(string Path, long Index, long Term)> Named()
    {
        foreach (var path in Directory.GetFiles(directory))
        {
            if (SnapshotFile.TryParseName(Path.GetFileName(path), out var index, out var term))
                yield return (path, index, term);
        }
    }

    private static SnapshotRead ReadFile(string path, long index, long term)
    {
        if (new FileInfo(path).Length > SnapshotFormat.MaxBytes)
            return new SnapshotRead.Bad($"it is larger than {SnapshotFormat.MaxBytes} bytes");

        try
        {
            var read = SnapshotFormat.Read(File.ReadAllBytes(path));
            return read is SnapshotRead.Good good && (good.State.Fabric.AppliedIndex != index || good.State.Term != term)
                ? new SnapshotRead.Bad($"it holds index {good.State.Fabric.AppliedIndex} of term {good.State.Term}, which its name does not say")
                : read;
        }
        catch (IOException unreadable)
        {
            return new SnapshotRead.Bad(unreadable.Message);
        }
    }
}
