namespace Fabric.Cli;

/// <summary>What was typed makes no sense together; the message says how it would.</summary>
internal sealed class UsageException(string message) : Exception(message);
