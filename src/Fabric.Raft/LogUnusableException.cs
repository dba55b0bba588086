namespace Fabric.Raft;

/// <summary>The log on disk is damaged, or a write to it failed: the member must stop and not vote with what it has.</summary>
public sealed class LogUnusableException(string message, Exception? cause = null) : Exception(message, cause);
