using Fabric.Node.Alarms;
using Fabric.Raft;

namespace Fabric.Node.Disk;

/// <summary>Gives alarm while the disk of the log is nearly full, and has another voter lead that has room.</summary>
internal sealed class DiskWatch(DiskSpace space, Room room, IConsensus consensus, string folder, AlarmBoard alarms, TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whoever takes over may be no better off: leadership must not go round and round.</summary>
    private static readonly TimeSpan BetweenHandOvers = TimeSpan.FromSeconds(10);

    private long? _handedOver;

    public async Task RoundAsync(CancellationToken token)
    {
        if (!space.IsLow)
        {
            alarms.Clear(AlarmKinds.DiskLow);
            return;
        }

        alarms.Raise(
            AlarmKinds.DiskLow,
            $"{space.Free >> 20} MiB are free for {Path.GetFullPath(folder)}, and {space.Minimum >> 20} MiB must be: this host takes no writes, and below a quarter of it no entries",
            "free some space on the disk of --data, or make it larger; the alarm ends by itself");
        if (!room.ShouldHandOver || _handedOver is { } before && time.GetElapsedTime(before) < BetweenHandOvers)
            return;
        _handedOver = time.GetTimestamp();
        await consensus.HandOverAsync(Patience, token);
    }
}
