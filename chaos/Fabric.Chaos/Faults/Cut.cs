using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Faults;

/// <summary>Frames between some hosts are dropped, each way by itself.</summary>
internal sealed class Cut(Arena arena, Func<Arena, (HostPlan From, HostPlan To)[]> pairs) : Fault(arena)
{
    internal override Task BeginAsync()
    {
        var cut = pairs(Arena);
        Hosts = [.. Arena.Lab.Hosts.Where(host => cut.Any(pair => pair.From == host.Plan || pair.To == host.Plan))];
        Detail["cut"] = string.Join(' ', cut.Select(static pair => pair.From.Name + pair.To.Name));
        return Arena.Lab.Network.CutAsync(this, cut);
    }

    internal override Task EndAsync() => Arena.Lab.Network.HealAsync(this);

    /// <summary>One host from all others.</summary>
    internal static (HostPlan, HostPlan)[] Isolated(Arena arena, Host alone) => Apart(arena, host => host == alone);

    /// <summary>Some hosts from the others, at least one on each side.</summary>
    internal static (HostPlan, HostPlan)[] Halves(Arena arena)
    {
        Host[] hosts = [.. arena.Lab.Hosts];
        arena.Random.Shuffle(hosts);
        var some = hosts[..(1 + arena.Random.Next(hosts.Length - 1))];
        return Apart(arena, some.Contains);
    }

    /// <summary>Two voters that do not hear each other, while a third and everybody else hears both.</summary>
    internal static (HostPlan, HostPlan)[] Bridge(Arena arena)
    {
        var voters = arena.Voters();
        return [(voters[0].Plan, voters[1].Plan), (voters[1].Plan, voters[0].Plan)];
    }

    /// <summary>Each voter hears one of the others and is heard by the other one: everyone sees another majority.</summary>
    internal static (HostPlan, HostPlan)[] Ring(Arena arena)
    {
        var voters = arena.Voters();
        return [.. voters.Select((voter, i) => (voter.Plan, voters[(i + 1) % voters.Length].Plan))];
    }

    /// <summary>A voter that hears the others and is not heard, or the other way around.</summary>
    internal static (HostPlan, HostPlan)[] OneWay(Arena arena)
    {
        var (voter, deaf) = (arena.AnyVoter(), arena.Random.Next(2) == 0);
        return [.. arena.Lab.Hosts.Where(host => host != voter).Select(host => deaf ? (host.Plan, voter.Plan) : (voter.Plan, host.Plan))];
    }

    private static (HostPlan, HostPlan)[] Apart(Arena arena, Func<Host, bool> here) =>
        [.. from one in arena.Lab.Hosts
            from other in arena.Lab.Hosts
            where here(one) != here(other)
            select (one.Plan, other.Plan)];
}
