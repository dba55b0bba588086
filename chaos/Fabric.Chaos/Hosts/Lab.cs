using System.Diagnostics;

namespace Fabric.Chaos.Hosts;

/// <summary>All hosts of a run, set up on this machine and taken away again.</summary>
internal sealed class Lab : IAsyncDisposable
{
    private const string Prefix = "fabric-chaos-";

    private readonly string _run;
    private readonly string _folder;
    private readonly FileStream _alive;

    // Never frozen: it is there so that nothing that the harness starts outlives the run, however that ends.
    private readonly Freezer _helpers;

    private Lab(int hosts, string folder, FileStream alive, Programs programs)
    {
        _folder = folder;
        _alive = alive;
        _run = Path.GetFileName(folder);
        Programs = programs;
        var plans = HostPlan.Of(hosts);
        Network = new Network(_run, folder, plans);
        _helpers = new Freezer(_run, "helpers");
        Hosts = [.. plans.Select(plan => new Host(plan, _run, folder, Network, programs, plans))];
    }

    internal IReadOnlyList<Host> Hosts { get; }

    internal IEnumerable<Host> Voters => Hosts.Where(static host => host.Plan.Voter);

    internal Network Network { get; }

    internal Programs Programs { get; }

    /// <summary>Sets all up; what an earlier run has left behind is taken away first.</summary>
    internal static async Task<Lab> MakeAsync(int hosts, Programs programs)
    {
        await RemoveLeftoversAsync();
        // A name that no run beside this one has: networks and control groups are known by it.
        var folder = Directory.CreateTempSubdirectory(Prefix).FullName;
        var alive = new FileStream(LockOf(folder), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var lab = new Lab(hosts, folder, alive, programs);
        try
        {
            await lab.Network.MakeAsync();
            foreach (var host in lab.Hosts)
                await host.MakeAsync();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a program of the harness's own that goes on until it is ended, at the latest with the run.</summary>
    internal Process StartHelper(params string[] command)
    {
        var helper = Shell.Start(command);
        _helpers.Take(helper);
        return helper;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts)
        {
            await host.KillAsync();
            host.Dispose();
        }

        await _alive.DisposeAsync();
        await RemoveAsync(_folder);
    }

    /// <summary>What runs left behind that ended without tidying up: they have a lock, and it is free.</summary>
    private static async Task RemoveLeftoversAsync()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            if (File.Exists(LockOf(folder)) && IsFree(LockOf(folder)))
                await RemoveAsync(folder);
        }
    }

    private static async Task RemoveAsync(string folder)
    {
        var run = Path.GetFileName(folder);
        Freezer.Remove(run);
        foreach (var mount in (await File.ReadAllLinesAsync("/proc/mounts")).Select(static line => line.Split(' ')[1])
            .Where(mount => mount.StartsWith(folder + "/", StringComparison.Ordinal)))
        {
            await Shell.TryAsync("umount", "-l", mount);
        }

        await Network.RemoveAsync(run);
        Directory.Delete(folder, recursive: true);
    }

    private static string LockOf(string folder) => Path.Combine(folder, "lock");

    private static bool IsFree(string file)
    {
        try
        {
            using var held = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
