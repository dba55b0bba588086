using Fabric.Flags.Changes;

namespace Fabric.Raft;

/// <summary>What came of proposing a change set.</summary>
public abstract record Proposal
{
    private Proposal() { }

    /// <summary>Committed by a majority and applied here, with this outcome on every host.</summary>
    public sealed record Decided(ChangeOutcome Outcome) : Proposal;

    /// <summary>Definitely not applied: this member does not lead.</summary>
    /// <param name="Leader">The member that does, as far as is known.</param>
    public sealed record NotLeader(string? Leader) : Proposal;

    /// <summary>Definitely not applied: refused before anything was appended.</summary>
    public sealed record Refused(string Reason) : Proposal;

    /// <summary>Definitely not applied: this member's disk has no room for it.</summary>
    public sealed record NoRoom(string Reason) : Proposal;

    /// <summary>Appended, and not known to be committed or lost. Trying again with the same operation id is safe.</summary>
    public sealed record Unknown(string Reason) : Proposal;
}
