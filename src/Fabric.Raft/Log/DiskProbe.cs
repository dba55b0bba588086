using System.Diagnostics;
using Fabric.Raft.Interop;

namespace Fabric.Raft.Log;

/// <summary>How a folder's disk takes what a log writes.</summary>
/// <param name="FileSystem">The kind of its file system, such as <c>ext4</c>.</param>
/// <param name="FreeBytes">Bytes that are free.</param>
/// <param name="Flush">Time until the disk has a small record, at the median of some; null where the folder may not be written.</param>
/// <param name="WhyNoFlush">Why that was not measured.</param>
public sealed record DiskProbe(string FileSystem, long FreeBytes, TimeSpan? Flush, string? WhyNoFlush)
{
    private const int Times = 15;
    private const int RecordBytes = 512;

    /// <summary>Looks at a folder, and writes a small file that is gone afterwards.</summary>
    /// <exception cref="IOException">There is no such folder.</exception>
    public static DiskProbe Of(string folder)
    {
        var drive = new DriveInfo(Path.GetFullPath(folder));
        try
        {
            return new DiskProbe(drive.DriveFormat, drive.AvailableFreeSpace, Measure(folder), null);
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException && Directory.Exists(folder))
        {
            return new DiskProbe(drive.DriveFormat, drive.AvailableFreeSpace, null, refused.Message);
        }
    }

    /// <summary>As the log does it: a record at the end of a file, and then fsync.</summary>
    private static TimeSpan Measure(string folder)
    {
        var record = new byte[RecordBytes];
        var times = new TimeSpan[Times];
        var path = Path.Combine(folder, $"doctor-{Environment.ProcessId}");
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, options: FileOptions.DeleteOnClose);
        for (var i = 0; i < Times; i++)
        {
            RandomAccess.Write(file, record, (long)i * RecordBytes);
            var since = Stopwatch.GetTimestamp();
            LibC.Sync(file, path);
            times[i] = Stopwatch.GetElapsedTime(since);
        }

        Array.Sort(times);
        return times[Times / 2];
    }
}
