using Microsoft.Extensions.Logging;

namespace Fabric.Raft.Log;

/// <summary>
/// Whether the log's disk has room for what is to be appended. A log that runs into a full disk has failed for good, so
/// nothing is appended from well before on, neither by a leader nor by a follower. Any thread.
/// </summary>
internal sealed class FreeSpace(string directory, long minimum, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(100);
    private readonly DriveInfo drive = new(Path.GetFullPath(directory));
    private readonly Lock gate = new();
    private long lookedAt;
    private bool looked;
    private bool low;

    /// <summary>Why nothing is appended, or null when there is room. Asks the disk at most ten times a second.</summary>
    public string? WhyNot()
    {
        lock (gate)
        {
            if (!looked || time.GetElapsedTime(lookedAt) >= Freshness)
                Look();
            return low ? $"the log's disk has less than {minimum} bytes free" : null;
        }
    }

    private void Look()
    {
        var free = drive.AvailableFreeSpace;
        var isLow = free < minimum;
        if (isLow && !low)
            Logs.DiskLow(logger, free, minimum);
        if (!isLow && low)
            Logs.DiskRecovered(logger, free);
        (low, looked, lookedAt) = (isLow, true, time.GetTimestamp());
    }
}
