using Microsoft.Extensions.Logging;

namespace Fabric.Raft;

/// <summary>What this project logs; event ids 1000 to 1999.</summary>
internal static partial class Logs
{
    [LoggerMessage(1000, LogLevel.Information, "Member {Name} takes part: log up to {LastIndex}, state at {AppliedIndex}, digest {Digest:x16}.")]
    public static partial void Started(ILogger logger, string name, long lastIndex, long appliedIndex, ulong digest);

    [LoggerMessage(1001, LogLevel.Information, "The leader is {Leader}, in term {Term}.")]
    public static partial void LeaderIs(ILogger logger, string leader, long term);

    [LoggerMessage(1002, LogLevel.Information, "There is no leader, in term {Term}.")]
    public static partial void NoLeader(ILogger logger, long term);

    [LoggerMessage(1003, LogLevel.Information, "Fabric {Id} is formed; it holds at most {Capacity} flags.")]
    public static partial void Formed(ILogger logger, Guid id, int capacity);

    [LoggerMessage(1004, LogLevel.Information, "This member has handed its leadership over; {Leader} leads.")]
    public static partial void HandedOver(ILogger logger, string leader);

    [LoggerMessage(1010, LogLevel.Critical, "UNSAFE: FABRIC_UNSAFE_STOCK_LOG is set, so this member acknowledges entries that are not on its disk. Acknowledged writes can be lost. Never set it outside a proof.")]
    public static partial void UnsafeLog(ILogger logger);

    [LoggerMessage(1011, LogLevel.Critical, "The process stops, because the log cannot be used any more: {Reason}")]
    public static partial void FailFast(ILogger logger, Exception? cause, string reason);

    [LoggerMessage(1012, LogLevel.Warning, "Free space on the log's disk is {Free} bytes, below the {Minimum} that must be free: nothing is appended any more.")]
    public static partial void DiskLow(ILogger logger, long free, long minimum);

    [LoggerMessage(1013, LogLevel.Information, "Free space on the log's disk is {Free} bytes: entries are appended again.")]
    public static partial void DiskRecovered(ILogger logger, long free);

    [LoggerMessage(1020, LogLevel.Debug, "Snapshot {Path} written.")]
    public static partial void SnapshotWritten(ILogger logger, string path);

    [LoggerMessage(1021, LogLevel.Information, "Snapshot at {Index} installed.")]
    public static partial void SnapshotInstalled(ILogger logger, long index);

    [LoggerMessage(1022, LogLevel.Error, "A snapshot that came in is refused, and nothing was replaced: {Because}.")]
    public static partial void SnapshotRefused(ILogger logger, string because);

    [LoggerMessage(1023, LogLevel.Critical, "Snapshot {Path} is damaged ({Because}). The log holds everything that was in it, so it was deleted. Check the disk.")]
    public static partial void DamagedSnapshotDeleted(ILogger logger, string path, string because);

    [LoggerMessage(1024, LogLevel.Error, "A snapshot could not be written; the log grows until one can.")]
    public static partial void SnapshotNotWritten(ILogger logger, Exception? cause);

    [LoggerMessage(1030, LogLevel.Information, "Member {Member} was offered a snapshot in vain; replication to it begins anew.")]
    public static partial void ReplicationReset(ILogger logger, System.Net.EndPoint member);

    [LoggerMessage(1031, LogLevel.Error, "What hears of applied entries has failed on entry {Index}; it goes on without that entry.")]
    public static partial void SinkFailed(ILogger logger, Exception cause, long index);

    [LoggerMessage(1032, LogLevel.Debug, "Forming the fabric did not succeed this time.")]
    public static partial void FormingFailed(ILogger logger, Exception? cause);

    [LoggerMessage(1033, LogLevel.Critical, "This member's state was wrong, and was made anew from another's at {Index} and the log.")]
    public static partial void Rebuilt(ILogger logger, long index);

    [LoggerMessage(1040, LogLevel.Information, "Host {Name} observes: state at {AppliedIndex}, digest {Digest:x16}.")]
    public static partial void Observes(ILogger logger, string name, long appliedIndex, ulong digest);

    [LoggerMessage(1041, LogLevel.Information, "The voters are {Voters}, since revision {Since}.")]
    public static partial void VotersAre(ILogger logger, string voters, long since);
}
