using System.Collections.Immutable;

namespace Fabric.Raft.StateMachine;

/// <summary>All that the log determines, with what only this project needs of it. Immutable, so a snapshot of it is the object itself.</summary>
/// <param name="Fabric">What the rest of Fabric sees.</param>
/// <param name="Term">Term of the entry at the applied index; Raft compares it when it continues after a snapshot.</param>
/// <param name="Ledger">Operations that were applied.</param>
internal sealed record MachineState(FabricState Fabric, long Term, Ledger Ledger)
{
    /// <summary>Before the first entry. The ledger's length is settled by the first entry, together with the identity.</summary>
    public static MachineState Empty { get; } = new(FabricState.Empty, 0, Ledger.Empty(RaftOptions.DefaultOperationsRemembered));
}

/// <summary>What applying one entry came to.</summary>
/// <param name="Next">The state after it.</param>
/// <param name="Changed">Flags it put or deleted.</param>
/// <param name="Operation">The operation it carried and its outcome; null for an entry that is not a change set.</param>
internal sealed record Application(MachineState Next, ImmutableArray<string> Changed, Remembered? Operation);
