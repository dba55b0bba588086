using Fabric.Raft.Log;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>Has the log room to grow, on a disk that keeps it, fast enough?</summary>
internal sealed class Disk : IDoctorCheck
{
    private const long RefusedBelow = 256L << 20;
    private const long LittleBelow = 1L << 30;

    private static readonly TimeSpan SlowFlush = TimeSpan.FromMilliseconds(20);

    /// <summary>Each says what may become of a log on it.</summary>
    private static readonly Dictionary<string, string> Doubtful = new(StringComparer.Ordinal)
    {
        ["tmpfs"] = "is memory: the log is gone when the host restarts",
        ["ramfs"] = "is memory: the log is gone when the host restarts",
        ["overlayfs"] = "is a container's own layer: the log is gone with the container",
        ["overlay"] = "is a container's own layer: the log is gone with the container",
        ["nfs"] = "is another machine's: a log on it is as available as the network",
        ["cifs"] = "is another machine's, and may not keep what is flushed",
        ["fuse"] = "is a program's, and may not keep what is flushed",
        ["v9fs"] = "is another machine's, and may not keep what is flushed",
    };

    public string Name => "disk";

    public Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) => Task.FromResult(
        context.Data is { } folder ? Look(folder) : CheckResult.Skip("no node of this host answers; give the folder with --data"));

    private static CheckResult Look(string folder)
    {
        try
        {
            return Judge(folder, DiskProbe.Of(folder));
        }
        catch (UnauthorizedAccessException)
        {
            return CheckResult.Skip($"{folder} is closed to this user: run the doctor as the node's user, or as root");
        }
    }

    internal static CheckResult Judge(string folder, DiskProbe disk)
    {
        var finding = $"{disk.FreeBytes >> 20} MiB free for {folder}, {disk.FileSystem}, "
            + (disk.Flush is { } flush ? $"a record is on the disk after {HostClock.Milliseconds(flush)}" : $"flushing not measured: {disk.WhyNoFlush}");
        const string room = "free some space on the disk of --data; below 256 MiB a leader refuses writes";
        if (disk.FreeBytes < RefusedBelow)
            return CheckResult.Fail(finding, room);
        if (disk.FreeBytes < LittleBelow)
            return CheckResult.Warn(finding, room);
        if (Doubtful.TryGetValue(disk.FileSystem, out var doubt))
            return CheckResult.Warn($"{finding}; {disk.FileSystem} {doubt}", "put --data on a local disk");
        return disk.Flush > SlowFlush
            ? CheckResult.Warn(finding, "put --data on a faster disk, or one with a protected write cache: every write waits for a majority's")
            : CheckResult.Ok(finding);
    }
}
