using Fabric.Raft.Interop;

namespace Fabric.Raft.Log;

/// <summary>What a log's files hold.</summary>
/// <param name="Tail">The entries.</param>
/// <param name="Commit">Last index that was known to be committed.</param>
internal sealed record LogFound(LogTail Tail, long Commit);

/// <summary>The files of the log: one is written, those before it wait until a snapshot covers them. One caller at a time.</summary>
internal sealed class LogFiles : IDisposable
{
    private const long FileBytes = 4 * 1024 * 1024;

    private readonly string directory;

    // Files that are no longer written, oldest first, each with the last index in it.
    private readonly Queue<(string Path, long Last)> full = new();
    private LogFile current;
    private FileAhead? next;
    private long number;
    private long lastInCurrent;

    private LogFiles(string directory, LogFile current, long number, long lastInCurrent)
    {
        (this.directory, this.current, this.number, this.lastInCurrent) = (directory, current, number, lastInCurrent);
    }

    /// <summary>Opens the folder, which is made when it is missing.</summary>
    /// <exception cref="InvalidDataException">What is in it has rotted.</exception>
    public static (LogFiles Files, LogFound Found) Open(string directory)
    {
        Directory.CreateDirectory(directory);
        LibC.SyncDirectory(Path.GetDirectoryName(directory)!);
        var (found, written) = Walk(directory);
        foreach (var (path, _) in LogFile.In(directory).Skip(written.Count).ToArray())
            File.Delete(path);
        if (written.Count == 0)
            return (new LogFiles(directory, LogFile.Create(directory, 1, FileBytes), 1, 0), found);

        var newest = written[^1];
        var files = new LogFiles(directory, LogFile.Reopen(newest.Path, newest.End, FileBytes), newest.Number, newest.Last);
        foreach (var older in written.SkipLast(1))
            files.full.Enqueue((older.Path, older.Last));
        return (files, found);
    }

    /// <summary>Reads the folder without changing anything in it.</summary>
    public static LogFound Read(string directory) => Walk(directory).Found;

    /// <summary>Writes a frame.</summary>
    /// <param name="frame">What to write.</param>
    /// <param name="flush">Return when it is on the disk.</param>
    /// <exception cref="IOException">The log must not go on.</exception>
    public void Append(LogFrame frame, bool flush)
    {
        if (current.End > 0 && current.Room < frame.Size)
            BeginNext();
        current.Append(frame, flush);
        if (current.End > FileBytes / 2)
            next ??= MakeNext(number + 1);
        if (frame.Entries.Count > 0)
            lastInCurrent = Math.Max(lastInCurrent, frame.Entries[^1].Index);
    }

    /// <summary>Deletes the files of which a snapshot up to this index covers all.</summary>
    public void DeleteTo(long index)
    {
        while (full.TryPeek(out var oldest) && oldest.Last <= index)
            File.Delete(full.Dequeue().Path);
    }

    /// <summary>Begins anew behind a snapshot that what is in the files does not lead to.</summary>
    /// <exception cref="IOException">The log must not go on.</exception>
    public void BeginAnew()
    {
        BeginNext();
        DeleteTo(long.MaxValue);
    }

    public void Dispose()
    {
        current.Dispose();
        next?.Dispose();
    }

    private FileAhead MakeNext(long following) => new(() => LogFile.Create(directory, following, FileBytes));

    private void BeginNext()
    {
        // What is in the file must be on the disk before one follows it: only the last file may end torn.
        current.Flush();
        current.Dispose();
        full.Enqueue((current.Path, lastInCurrent));
        number++;
        current = next?.Take() ?? LogFile.Create(directory, number, FileBytes);
        next = null;
        lastInCurrent = 0;
    }

    private sealed record Written(string Path, long Number, long End, long Last);

    private static (LogFound Found, List<Written> Files) Walk(string directory)
    {
        var (tail, commit, written) = (new LogTail(), 0L, new List<Written>());
        var files = Directory.Exists(directory) ? LogFile.In(directory).ToList() : [];
        while (files.Count > 0 && LogFile.IsBlank(files[^1].Path))
            files.RemoveAt(files.Count - 1);
        foreach (var (path, file) in files)
        {
            var highest = 0L;
            var end = LogFile.Read(path, last: path == files[^1].Path, frame =>
            {
                tail.Replay(frame.Entries);
                commit = Math.Max(commit, frame.Commit);
                highest = Math.Max(highest, frame.Entries.Count > 0 ? frame.Entries[^1].Index : 0);
            });
            written.Add(new Written(path, file, end, highest));
        }

        return (new LogFound(tail, commit), written);
    }
}
