using Microsoft.Extensions.Logging;

namespace Fabric.Raft.Log;

/// <summary>
/// Whether the log's disk has room for a proposal. A log that runs into a full disk has failed for good, so proposals stop
/// well before; what the leader has already appended still fits.
/// </summary>
internal sealed class FreeSpace(string directory, long minimum, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);
    private readonly DriveInfo drive = new(Path.GetFullPath(directory));
    private readonly Lock gate = new();
    private long lookedAt;
    private bool looked;
    private bool low;

    /// <summary>Why no proposal is taken, or null when there is room. Asks the disk at most once a second.</summary>
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
