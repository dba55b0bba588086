using System.Diagnostics;

namespace Fabric.Chaos.Tests.Harness;

/// <summary>A file system in memory of a few megabytes that is a node's data folder and can be filled.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    /// <param name="folder">Where it is mounted; made where it is not there.</param>
    /// <param name="mebibytes">How large it is.</param>
    internal SmallDisk(string folder, int mebibytes)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "fabric-small-disk", _folder);
    }

    private string Ballast => Path.Combine(_folder, "ballast");

    /// <summary>Fills it until only so much is free; 0 fills it to the last byte.</summary>
    internal void Leave(long bytes)
    {
        using var file = new FileStream(Ballast, FileMode.Append);
        var drive = new DriveInfo(_folder);
        var block = new byte[64 * 1024];
        try
        {
            while (drive.AvailableFreeSpace > bytes)
            {
                file.Write(block, 0, (int)Math.Clamp(drive.AvailableFreeSpace - bytes, 1, block.Length));
                file.Flush();
            }
        }
        catch (IOException) when (bytes == 0)
        {
            // Full is what was wanted.
        }
    }

    /// <summary>Takes away what it was filled with.</summary>
    internal void Free() => File.Delete(Ballast);

    public void Dispose() => Run("umount", "-l", _folder);

    private static void Run(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{command} {string.Join(' ', arguments)} exited with {process.ExitCode}");
    }
}
