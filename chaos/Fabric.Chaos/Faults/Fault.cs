using System.Text.Json.Nodes;
using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Faults;

/// <summary>What a fault may look at and take hold of.</summary>
/// <param name="Lab">The hosts.</param>
/// <param name="Leader">Who leads, as far as is known.</param>
/// <param name="Random">Decides what the seed decides.</param>
internal sealed record Arena(Lab Lab, Func<Host?> Leader, Random Random)
{
    internal Host AnyHost() => Lab.Hosts[Random.Next(Lab.Hosts.Count)];

    internal Host AnyVoter() => Voters()[0];

    /// <summary>All voters in an order of the seed's.</summary>
    internal Host[] Voters()
    {
        Host[] voters = [.. Lab.Voters];
        Random.Shuffle(voters);
        return voters;
    }

    /// <summary>Whoever leads; where nobody is known to, one that might.</summary>
    internal Host LeaderOrAny()
    {
        // Drawn also where it is not needed, so that the rest of a schedule does not hang on who leads.
        var any = AnyVoter();
        return Leader() ?? any;
    }
}

/// <summary>Something that goes wrong, and is put right again.</summary>
internal abstract class Fault(Arena arena)
{
    protected Arena Arena { get; } = arena;

    /// <summary>Whom it befalls; known once it has begun.</summary>
    internal IReadOnlyList<Host> Hosts { get; private protected set; } = [];

    /// <summary>What else there is to know of it.</summary>
    internal JsonObject Detail { get; } = [];

    /// <summary>A data folder was deleted, so its host has forgotten everything for good reason.</summary>
    internal bool Emptied { get; private protected set; }

    /// <summary>Whether nodes end of it by themselves, as they should, perhaps a little later.</summary>
    internal virtual bool MayEndNodes => false;

    internal abstract Task BeginAsync();

    /// <summary>Puts it right. Nodes that have ended of it run again afterwards.</summary>
    internal abstract Task EndAsync();
}
