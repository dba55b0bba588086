using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Faults;

/// <summary>kill -9 to some nodes, with nothing in between.</summary>
internal sealed class Killed(Arena arena, Func<Arena, Host[]> whom) : Fault(arena)
{
    internal override async Task BeginAsync()
    {
        Hosts = whom(Arena);
        foreach (var host in Hosts)
            host.Node.SignalKill();
        foreach (var host in Hosts)
            await host.Node.BuryAsync();
    }

    internal override Task EndAsync()
    {
        foreach (var host in Hosts)
            host.Start();
        return Task.CompletedTask;
    }
}
