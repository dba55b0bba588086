using Fabric.Node.Alarms;
using Fabric.Raft.Log;

namespace Fabric.Node.Disk;

/// <summary>Gives alarm while the disk of the log takes long to keep a record, which every write waits for on a majority.</summary>
internal sealed class SlowDiskWatch(string folder, AlarmBoard alarms)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Above what a busy disk takes now and then, below what makes voters doubt their leader.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(100);

    /// <summary>So many of the last records decide, by their median: one slow record is not a slow disk.</summary>
    private const int Records = 5;

    private readonly Queue<TimeSpan> _last = new();

    public Task RoundAsync(CancellationToken token)
    {
        Note(SyncProbe.Measure(folder));
        return Task.CompletedTask;
    }

    internal void Note(TimeSpan took)
    {
        _last.Enqueue(took);
        if (_last.Count > Records)
            _last.Dequeue();
        var median = _last.Order().ElementAt(_last.Count / 2);
        if (_last.Count < Records || median < Slow)
        {
            alarms.Clear(AlarmKinds.DiskSlow);
            return;
        }

        alarms.Raise(
            AlarmKinds.DiskSlow,
            $"a record is on the disk of {Path.GetFullPath(folder)} after {median.TotalMilliseconds:0} ms, at the median of the last {Records}",
            "see what else writes to this disk, and whether it is failing; put --data on a faster one");
    }
}
