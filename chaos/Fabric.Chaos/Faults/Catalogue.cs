using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Faults;

/// <summary>What a fault takes hold of; faults that take hold of different things may come together.</summary>
internal enum Hold
{
    /// <summary>Processes and disks.</summary>
    Hosts,

    /// <summary>What is between hosts.</summary>
    Network,

    /// <summary>It needs all others to be well.</summary>
    Everything,
}

/// <summary>A kind of fault, by the name that <c>--faults</c> takes.</summary>
internal sealed record FaultKind(string Name, Hold Hold, Func<Arena, Fault> Make);

/// <summary>Every kind of fault. Adding one: a class beside this file, and a line here.</summary>
internal static class Catalogue
{
    internal const string KillLeader = "kill-leader";

    /// <summary>Noted of every host that has lost its data folder, whatever it was lost by.</summary>
    internal const string Wiped = "wiped";

    internal static IReadOnlyList<FaultKind> All { get; } =
    [
        new("kill-one", Hold.Hosts, static arena => new Killed(arena, One)),
        new(KillLeader, Hold.Hosts, static arena => new Killed(arena, Leader)),
        new("kill-majority", Hold.Hosts, static arena => new Killed(arena, Majority)),
        new("kill-all", Hold.Hosts, static arena => new Killed(arena, Everybody)),
        new("pause-one", Hold.Hosts, static arena => new Paused(arena, One)),
        new("pause-leader", Hold.Hosts, static arena => new Paused(arena, Leader)),
        new("pause-majority", Hold.Hosts, static arena => new Paused(arena, Majority)),
        new("pause-all", Hold.Hosts, static arena => new Paused(arena, Everybody)),
        new("pause-kill", Hold.Hosts, static arena => new PauseKill(arena)),
        new("power-one", Hold.Hosts, static arena => new PowerCut(arena, One)),
        new("power-two", Hold.Hosts, static arena => new PowerCut(arena, Majority)),
        new("power-all", Hold.Hosts, static arena => new PowerCut(arena, Everybody)),
        new("slow-disk", Hold.Hosts, static arena => new Tampered(arena, Tampered.DiskCalls, static arena => $"delay_enter={20 + arena.Random.Next(200)}ms", static arena => arena.AnyVoter())),
        new("failing-fsync", Hold.Hosts, static arena => new Tampered(arena, Tampered.DiskCalls, static arena => $"error=EIO:when={1 + arena.Random.Next(20)}+", static arena => arena.AnyHost())),
        new("kill-before-table", Hold.Hosts, static arena => new Tampered(arena, "bpf", static arena => $"signal=SIGKILL:when={1 + arena.Random.Next(20)}", static arena => arena.AnyHost())),
        new("full-disk", Hold.Hosts, static arena => new FullDisk(arena)),
        new("clock", Hold.Hosts, static arena => new WrongClock(arena)),
        new("small-snapshots", Hold.Hosts, static arena => new SmallSnapshots(arena)),
        new("table-removed", Hold.Hosts, static arena => new LostTable(arena)),
        new("bpffs-unmounted", Hold.Hosts, static arena => new LostBpfFolder(arena)),
        new("torn-tail", Hold.Everything, static arena => new Rotten(arena, Rotten.TearTail)),
        new("flipped-bit", Hold.Everything, static arena => new Rotten(arena, Rotten.FlipBit)),
        new(Wiped, Hold.Everything, static arena => new Wiped(arena, static arena => arena.AnyHost())),
        new("membership", Hold.Everything, static arena => new Removed(arena)),
        new("isolate-one", Hold.Network, static arena => new Cut(arena, static arena => Cut.Isolated(arena, arena.AnyHost()))),
        new("isolate-leader", Hold.Network, static arena => new Cut(arena, static arena => Cut.Isolated(arena, arena.LeaderOrAny()))),
        new("halves", Hold.Network, static arena => new Cut(arena, Cut.Halves)),
        new("bridge", Hold.Network, static arena => new Cut(arena, Cut.Bridge)),
        new("ring", Hold.Network, static arena => new Cut(arena, Cut.Ring)),
        new("one-way", Hold.Network, static arena => new Cut(arena, Cut.OneWay)),
        new("flapping", Hold.Network, static arena => new Flapping(arena)),
        new("loss", Hold.Network, static arena => new Lossy(arena)),
        new("delay", Hold.Network, static arena => new Delayed(arena)),
        new("reset", Hold.Network, static arena => new Reset(arena)),
    ];

    private static Host[] One(Arena arena) => [arena.AnyHost()];

    private static Host[] Leader(Arena arena) => [arena.LeaderOrAny()];

    private static Host[] Majority(Arena arena) => arena.Voters()[..2];

    private static Host[] Everybody(Arena arena) => [.. arena.Lab.Hosts];
}
