using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Faults;

/// <summary>Disks of some hosts lose at one moment all that was not flushed, and their nodes end.</summary>
internal sealed class PowerCut(Arena arena, Func<Arena, Host[]> whom) : Fault(arena)
{
    internal override async Task BeginAsync()
    {
        Hosts = whom(Arena);
        foreach (var host in Hosts)
        {
            host.Disk.CutPower();
            host.Node.SignalKill();
        }

        foreach (var host in Hosts)
            await host.Node.BuryAsync();
    }

    internal override async Task EndAsync()
    {
        foreach (var host in Hosts)
        {
            await host.Disk.UnmountAsync();
            await host.Disk.MountAsync();
            host.Start();
        }
    }
}
