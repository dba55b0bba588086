namespace Fabric.Raft.Log;

/// <summary>Another living process uses the folder that this member was given.</summary>
public sealed class DataDirectoryInUseException(string message, Exception cause) : IOException(message, cause);

/// <summary>A member's folder, held against every other process for as long as this object lives.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream held;

    private DataDirectory(string root, FileStream held)
    {
        Log = Path.Combine(root, "log");
        Snapshots = Path.Combine(root, "snapshots");
        Journal = Path.Combine(root, "journal");
        Root = root;
        this.held = held;
    }

    public string Root { get; }

    public string Log { get; }

    public string Snapshots { get; }

    /// <summary>An observer's; voters have none.</summary>
    public string Journal { get; }

    /// <exception cref="DataDirectoryInUseException">Another process holds it.</exception>
    public static DataDirectory Hold(string root)
    {
        var path = Path.Combine(Directory.CreateDirectory(root).FullName, "lock");
        try
        {
            // FileShare.None takes flock, which ends with the process however it ends: no stale lock is left behind.
            return new DataDirectory(root, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException taken) when (File.Exists(path))
        {
            throw new DataDirectoryInUseException(
                $"The data directory {root} is in use by another process. Stop that one, or give this member a directory of its own.", taken);
        }
    }

    public void Dispose() => held.Dispose();
}
