using System.Globalization;
using Fabric.Raft.Interop;

namespace Fabric.Raft.Log;

/// <summary>
/// Tells one life of a data folder from another: made when the folder is first used, and gone with it. A host that comes
/// with its name but another identity has forgotten what it once acknowledged.
/// </summary>
public static class HostIdentity
{
    private const string Name = "identity";

    /// <summary>The folder's identity, which is on the disk when this returns.</summary>
    /// <exception cref="LogUnusableException">What is there is no identity.</exception>
    public static Guid Of(string dataDirectory)
    {
        var path = Path.Combine(Directory.CreateDirectory(dataDirectory).FullName, Name);
        if (!File.Exists(path))
            return Make(dataDirectory, path);
        var text = File.ReadAllText(path).Trim();
        return Guid.TryParseExact(text, "D", out var identity)
            ? identity
            : throw new LogUnusableException($"{path} holds no identity. Delete the whole data folder, and start this host as a new one.");
    }

    private static Guid Make(string dataDirectory, string path)
    {
        var identity = Guid.NewGuid();
        var temporary = path + ".tmp";
        using (var handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(handle, System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{identity:D}\n")), 0);
            LibC.Sync(handle, temporary);
        }

        File.Move(temporary, path, overwrite: true);
        LibC.SyncDirectory(dataDirectory);
        return identity;
    }
}
