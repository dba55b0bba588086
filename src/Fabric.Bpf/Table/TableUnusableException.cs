namespace Fabric.Bpf.Table;

/// <summary>The host's table cannot be made, opened or written.</summary>
public sealed class TableUnusableException(string message, Exception? cause = null) : Exception(message, cause);
