using Fabric.Flags.History;
using Fabric.Flags.State;

namespace Fabric.Raft;

/// <summary>Settled by the first entry of a fabric's log, and never changed after.</summary>
/// <param name="Id">Tells one fabric's log and tables from another's.</param>
/// <param name="Capacity">Flags the fabric holds at most; every host sizes its table by it.</param>
public sealed record FabricIdentity(Guid Id, int Capacity);

/// <summary>Everything that the log determines, after one of its entries. Immutable.</summary>
/// <param name="Identity">Null until the first leader has settled it.</param>
/// <param name="Flags">The flags. <see cref="FlagSet.Revision"/> is the last change set's index, at most <paramref name="AppliedIndex"/>.</param>
/// <param name="AppliedIndex">Log index of the last applied entry.</param>
/// <param name="Digest">Rolling digest over every applied entry: equal on two hosts at the same index, or they have diverged.</param>
public sealed record FabricState(FabricIdentity? Identity, FlagSet Flags, long AppliedIndex, ulong Digest)
{
    /// <summary>The last changes of the flags.</summary>
    public FlagHistory History { get; init; } = FlagHistory.Empty;

    /// <summary>Before the first entry.</summary>
    public static FabricState Empty { get; } = new(null, FlagSet.Empty, 0, 0);
}
