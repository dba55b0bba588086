namespace Fabric.Node.Hosting;

/// <summary>The folder that is one node's alone, held as long as the node runs: two nodes on one log would destroy it.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectory(FileStream held) => _lock = held;

    public static DataDirectory Take(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            return new DataDirectory(new FileStream(Path.Combine(path, "node.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new StartFailedException($"--data {path} cannot be written to: {denied.Message}", denied);
        }
        catch (IOException failed)
        {
            throw new StartFailedException($"--data {path} cannot be taken; another node may run on it: {failed.Message}", failed);
        }
    }

    public void Dispose() => _lock.Dispose();
}
