namespace Fabric.Node.Hosting;

/// <summary>A node cannot start, for a reason that its operator can cure; the message says which.</summary>
public sealed class StartFailedException(string message, Exception? cause = null) : Exception(message, cause);
