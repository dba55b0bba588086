using System.Diagnostics;
using Fabric.Raft.Interop;

namespace Fabric.Raft.Log;

/// <summary>How long a disk takes to keep a record right now: written where the log is, and synchronised as the log is.</summary>
public static class SyncProbe
{
    private const int RecordBytes = 512;

    /// <summary>Writes one record over the last one, and waits until the disk has it.</summary>
    /// <param name="folder">The folder of the log; the record is in a file of its own.</param>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public static TimeSpan Measure(string folder)
    {
        var path = Path.Combine(folder, "sync-probe");
        using var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write);
        RandomAccess.Write(file, new byte[RecordBytes], 0);
        var since = Stopwatch.GetTimestamp();
        LibC.Sync(file, path);
        return Stopwatch.GetElapsedTime(since);
    }
}
