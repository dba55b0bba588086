namespace Fabric.Raft.Log;

/// <summary>The log has failed and never heals: what it holds in memory may differ from what is on the disk.</summary>
internal sealed class LogFailedException(Exception cause) : Exception(cause.Message, cause);
