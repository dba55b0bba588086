using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Faults;

/// <summary>Nodes that stand still, and go on as if no time had passed.</summary>
internal sealed class Paused(Arena arena, Func<Arena, Host[]> whom) : Fault(arena)
{
    internal override Task BeginAsync()
    {
        Hosts = whom(Arena);
        foreach (var host in Hosts)
            host.Freeze();
        return Task.CompletedTask;
    }

    internal override Task EndAsync()
    {
        foreach (var host in Hosts)
            host.Thaw();
        return Task.CompletedTask;
    }
}
