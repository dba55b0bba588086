using System.Runtime.InteropServices;

namespace Fabric.Chaos.Hosts;

/// <summary>A host's own disk: an ext4 image that can lose its power.</summary>
internal sealed class Disk(string image, string folder)
{
    // Room for the log and 256 MiB, below which a node takes no writes; the file is sparse.
    private const string Size = "1G";

    private string Filling => Path.Combine(folder, "filling");

    internal async Task MakeAsync()
    {
        Directory.CreateDirectory(folder);
        await Shell.RunAsync("truncate", "-s", Size, image);
        await Shell.RunAsync("mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard", image);
        await MountAsync();
    }

    internal Task MountAsync() => Shell.RunAsync("mount", "-o", "loop", image, folder);

    /// <summary>Waits for the last of a node's files to be closed.</summary>
    internal async Task UnmountAsync()
    {
        for (var tries = 0; ; tries++)
        {
            var (code, _, errors) = await Shell.TryAsync("umount", folder);
            if (code == 0)
                return;
            if (tries == 40)
                throw new HarnessException($"{folder} stays in use: {errors.Trim()}");
            await Task.Delay(50);
        }
    }

    /// <summary>From here on nothing reaches the disk, and what was not flushed never did.</summary>
    internal void CutPower()
    {
        var descriptor = Native.open(folder, 0);
        var flag = Native.WithoutFlush;
        var failed = descriptor < 0 || Native.ioctl(descriptor, Native.ShutDownFileSystem, ref flag) != 0;
        var why = Marshal.GetLastPInvokeErrorMessage();
        if (descriptor >= 0)
            _ = Native.close(descriptor);
        if (failed)
            throw new HarnessException($"the power of {folder} cannot be cut: {why}");
    }

    /// <summary>Takes all the room that is left.</summary>
    internal async Task FillAsync()
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        await Shell.TryAsync("fallocate", "-l", $"{free}", Filling);
        // What fallocate leaves over is less than it needs for its own bookkeeping.
        await Shell.TryAsync("dd", "if=/dev/zero", $"of={Filling}2", "bs=4096", "status=none");
    }

    internal void Empty()
    {
        File.Delete(Filling);
        File.Delete(Filling + "2");
    }
}
