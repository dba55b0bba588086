namespace Fabric.Node;

/// <summary>Every log event of the node: ids 2000 to 2999, each used once.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "Node {Name} stops")]
    public static partial void Stopping(ILogger logger, string name);

    [LoggerMessage(2001, LogLevel.Error, "The log cannot be used: {Reason}")]
    public static partial void LogUnusable(ILogger logger, string reason, Exception cause);

    [LoggerMessage(2002, LogLevel.Warning, "Waiting to be ready: {Reason}")]
    public static partial void Waiting(ILogger logger, string reason);

    [LoggerMessage(2003, LogLevel.Information, "Before the start, {Member} was asked for what this node lacks: {Outcome}")]
    public static partial void CaughtUp(ILogger logger, string member, string outcome);

    [LoggerMessage(2004, LogLevel.Warning, "Before the start, {Member} did not give what this node lacks; Raft brings it, which takes longer")]
    public static partial void NotCaughtUp(ILogger logger, string member, Exception cause);

    [LoggerMessage(2005, LogLevel.Warning, "No other node took the leadership over; the others elect one when this node is gone")]
    public static partial void NotHandedOver(ILogger logger);

    [LoggerMessage(2006, LogLevel.Warning, "Looking after {What} has failed; it is tried again")]
    public static partial void RoundFailed(ILogger logger, string what, Exception cause);

    [LoggerMessage(2100, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(ILogger logger, string method, string path, Exception cause);

    [LoggerMessage(2200, LogLevel.Warning, "Write {Operation} is in doubt and is tried again with the same id: {Reason}")]
    public static partial void WriteInDoubt(ILogger logger, Guid operation, string reason);

    [LoggerMessage(2300, LogLevel.Critical, "The table cannot be written: programs on this host keep their old answers")]
    public static partial void TableFailed(ILogger logger, Exception cause);

    [LoggerMessage(2301, LogLevel.Information, "Table {Path} is at revision {Revision}, {Written} flags were written")]
    public static partial void TableReconciled(ILogger logger, string path, long revision, int written);

    [LoggerMessage(2302, LogLevel.Warning, "Table {Path} is a file, so functions of unaware programs are not overridden: {Reason}")]
    public static partial void TableIsFile(ILogger logger, string path, string reason);

    [LoggerMessage(2310, LogLevel.Error, "The override door failed; functions of this host stay attached as they are")]
    public static partial void DoorFailed(ILogger logger, Exception cause);

    [LoggerMessage(2700, LogLevel.Warning, "Usage is counted anew: {Reason}")]
    public static partial void UsageBegunAnew(ILogger logger, string reason);

    [LoggerMessage(2701, LogLevel.Warning, "What has been counted could not be read or saved; nothing is lost while processes and the kernel hold it")]
    public static partial void UsageFailed(ILogger logger, Exception cause);

    [LoggerMessage(2400, LogLevel.Critical, "States or tables have diverged: {Pair}")]
    public static partial void Diverged(ILogger logger, string pair);

    [LoggerMessage(2401, LogLevel.Critical, "ALARM {Kind}: {Detail}. Cure: {Cure}")]
    public static partial void AlarmRaised(ILogger logger, string kind, string detail, string cure);

    [LoggerMessage(2402, LogLevel.Information, "Alarm {Kind} is over")]
    public static partial void AlarmCleared(ILogger logger, string kind);

    [LoggerMessage(2500, LogLevel.Debug, "The feed of {Remote} ended: {Reason}")]
    public static partial void FeedEnded(ILogger logger, string remote, string reason);

    [LoggerMessage(2501, LogLevel.Information, "Fed by {Source}, from revision {Index} on")]
    public static partial void Fed(ILogger logger, Uri source, long index);

    [LoggerMessage(2502, LogLevel.Warning, "Not fed by {Source}: {Reason}")]
    public static partial void NotFed(ILogger logger, Uri source, string reason);

    [LoggerMessage(2600, LogLevel.Warning, "{Name} has no vote: {Reason}")]
    public static partial void WaitsForVote(ILogger logger, string name, string reason);

    [LoggerMessage(2601, LogLevel.Information, "{Name} votes, beginning at revision {Index}")]
    public static partial void Votes(ILogger logger, string name, long index);

    [LoggerMessage(2602, LogLevel.Critical, "This host cannot begin to vote")]
    public static partial void VoteFailed(ILogger logger, Exception cause);

    [LoggerMessage(2603, LogLevel.Critical, "{Name} has no vote any more: {Other} says that it was given to another host")]
    public static partial void VoteLost(ILogger logger, string name, string other);

    [LoggerMessage(2604, LogLevel.Warning, "{Voter} has been silent for {After}: {Host} gets its vote")]
    public static partial void Replaces(ILogger logger, string voter, TimeSpan after, string host);

    [LoggerMessage(2605, LogLevel.Error, "The vote of {Voter} was not given to another host: {Reason}")]
    public static partial void NotReplaced(ILogger logger, string voter, string reason);

    [LoggerMessage(2503, LogLevel.Critical, "This host has diverged from {Source} at revision {Index}; it takes everything anew")]
    public static partial void ObserverDiverged(ILogger logger, Uri source, long index);
}
