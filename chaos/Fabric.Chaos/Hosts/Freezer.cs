using System.Diagnostics;

namespace Fabric.Chaos.Hosts;

/// <summary>A host's control group: stops all threads of its node at one moment, and lets them go on.</summary>
internal sealed class Freezer
{
    private const string First = "/sys/fs/cgroup/freezer";
    private const string Second = "/sys/fs/cgroup";

    private readonly string _folder;
    private readonly bool _first = Directory.Exists(First);

    internal Freezer(string run, string host)
    {
        _folder = Folder(run, host);
        Directory.CreateDirectory(_folder);
    }

    /// <summary>Takes a process in, with all threads that it has and will have.</summary>
    internal void Take(Process process)
    {
        try
        {
            File.WriteAllText(Path.Combine(_folder, "cgroup.procs"), $"{process.Id}\n");
        }
        catch (IOException) when (process.HasExited)
        {
            // What has ended already needs no group.
        }
    }

    internal void Freeze() => Set(frozen: true);

    internal void Thaw() => Set(frozen: false);

    /// <summary>Ends whatever is left in the groups of a run, and the groups.</summary>
    internal static void Remove(string run)
    {
        var folder = Path.Combine(Directory.Exists(First) ? First : Second, run);
        if (!Directory.Exists(folder))
            return;
        foreach (var host in Directory.EnumerateDirectories(folder))
        {
            new Freezer(run, Path.GetFileName(host)).Thaw();
            foreach (var process in File.ReadAllLines(Path.Combine(host, "cgroup.procs")))
                _ = Native.kill(int.Parse(process, System.Globalization.CultureInfo.InvariantCulture), Native.Kill);
            RemoveEmpty(host);
        }

        RemoveEmpty(folder);
    }

    private static string Folder(string run, string host) => Path.Combine(Directory.Exists(First) ? First : Second, run, host);

    /// <summary>A group goes when its last process has been buried, which takes a moment after its end.</summary>
    private static void RemoveEmpty(string folder)
    {
        for (var tries = 0; tries < 100 && Directory.Exists(folder); tries++)
        {
            try
            {
                Directory.Delete(folder);
            }
            catch (IOException)
            {
                Thread.Sleep(50);
            }
        }
    }

    private void Set(bool frozen)
    {
        if (_first)
            File.WriteAllText(Path.Combine(_folder, "freezer.state"), frozen ? "FROZEN" : "THAWED");
        else
            File.WriteAllText(Path.Combine(_folder, "cgroup.freeze"), frozen ? "1" : "0");
    }
}
