namespace Fabric.Node.Disk;

/// <summary>How much room the disk of this host's log has. Any thread.</summary>
internal sealed class DiskSpace(string folder, long minimum, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly DriveInfo _drive = new(Path.GetFullPath(folder));
    private long _lookedAt;
    private bool _low;

    // Also says whether anybody has looked.
    private long? _free;

    /// <summary>Bytes that must be free for writes to be taken.</summary>
    public long Minimum => minimum;

    /// <summary>Bytes that were free when the disk was asked last.</summary>
    public long Free
    {
        get
        {
            lock (_lock)
            {
                Look();
                return _free!.Value;
            }
        }
    }

    /// <summary>Less than the minimum is free, and since then never an eighth more than it: at the edge it must not flicker.</summary>
    public bool IsLow
    {
        get
        {
            lock (_lock)
            {
                Look();
                return _low;
            }
        }
    }

    private void Look()
    {
        if (_free is not null && time.GetElapsedTime(_lookedAt) < Freshness)
            return;
        _free = _drive.AvailableFreeSpace;
        _low = _free < (_low ? minimum + (minimum / 8) : minimum);
        _lookedAt = time.GetTimestamp();
    }
}
