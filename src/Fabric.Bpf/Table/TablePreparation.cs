using Fabric.Bpf.Privileges;
using Fabric.Bpf.Usage;

namespace Fabric.Bpf.Table;

/// <summary>
/// What a table's place takes root for, done before the node gives such rights up: the BPF file system is mounted, the
/// table's folder is there and the node's, and so is the one where programs count.
/// </summary>
public static class TablePreparation
{
    /// <summary>Prepares the place that <see cref="TablePlace.Open"/> will choose.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="path">Where its table is to be; null for the usual place of this host.</param>
    /// <param name="owner">The user that the node will be.</param>
    public static void Prepare(string node, string? path, Account owner)
    {
        if (path is not null && !TablePlace.IsPinPath(path))
            return;
        try
        {
            Directory.CreateDirectory(TablePlace.PinFolder);
            TablePlace.MountPinFolder();
            HandOverOwnFolder(node, owner);
            HandOverUsage(node, owner);
            if (path is not null)
                _ = Ownership.HandOver(Directory.CreateDirectory(Path.GetDirectoryName(path)!).FullName, owner);
            else if (IsFree(TablePlace.UsualLock) && Ownership.Of(TablePlace.PinFolder) is { } user && (user == 0 || user == owner.User))
                HandOverUsualPlace(owner);
        }
        catch (Exception refused) when (refused is TableUnusableException or IOException or UnauthorizedAccessException)
        {
            // Open meets the same obstacle, and goes on to a file with that as the reason.
        }
    }

    /// <summary>The table is there where another node has the usual place; links are there wherever the table is.</summary>
    private static void HandOverOwnFolder(string node, Account owner) =>
        _ = Ownership.HandOver(Directory.CreateDirectory(Path.GetDirectoryName(TablePlace.SharedPin(node))!).FullName, owner);

    /// <summary>Where programs count: only its owner may remove what others have put into a folder that is open to all.</summary>
    private static void HandOverUsage(string node, Account owner)
    {
        HostUsage.Prepare(TablePlace.SharedPin(node), pinned: true);
        _ = Ownership.HandOver(HostUsage.UsualFolder, owner, withContent: false);
    }

    private static void HandOverUsualPlace(Account owner)
    {
        // Folders are nodes' own, and names with a dot are the kernel's.
        foreach (var pin in Directory.EnumerateFiles(TablePlace.PinFolder).Where(static path => !Path.GetFileName(path).Contains('.', StringComparison.Ordinal)))
            _ = Ownership.HandOver(pin, owner);

        foreach (var path in new[] { TablePlace.UsualLock, TablePlace.UsualFile, TablePlace.PinFolder, Path.GetDirectoryName(TablePlace.PinFolder)! })
            _ = Ownership.HandOver(path, owner, withContent: false);
    }

    /// <summary>No living node holds it.</summary>
    private static bool IsFree(string path)
    {
        if (!File.Exists(path))
            return true;
        try
        {
            using var held = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
