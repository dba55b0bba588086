using Fabric.Raft.StateMachine;

namespace Fabric.Raft.Recovery;

/// <summary>The whole state of a fabric, read from a backup or from the folder of a stopped member.</summary>
public sealed class RecoveredState
{
    internal RecoveredState(MachineState state, long unconfirmed)
    {
        State = state;
        Unconfirmed = unconfirmed;
    }

    /// <summary>What the fabric is and holds.</summary>
    public FabricState Fabric => State.Fabric;

    /// <summary>The term of the last entry: of two members of one fabric, the one with the higher term is ahead, then the one with the higher index.</summary>
    public long Term => State.Term;

    /// <summary>
    /// Entries at the end of the log of which this member did not know yet that they were committed. An acknowledged write
    /// may be among them, so all of them count; one whose outcome was unknown may be, too.
    /// </summary>
    public long Unconfirmed { get; }

    internal MachineState State { get; }
}
