namespace Fabric.Node.Forwarding;

/// <summary>What came of a write that was passed on to the leader, as members tell each other.</summary>
/// <param name="Kind">The case; see <see cref="OutcomeKind"/>.</param>
internal sealed record OutcomeWire(OutcomeKind Kind)
{
    public long? Revision { get; init; }
    public string? Key { get; init; }
    public string? Reason { get; init; }

    /// <summary>The flags that were not there before, and attachments as <c>/attachments/ID</c>.</summary>
    public IReadOnlyList<string>? Created { get; init; }
}

internal enum OutcomeKind
{
    Applied = 1,
    Conflict = 2,
    NotFound = 3,
    Full = 4,
    NotLeader = 5,
    Refused = 6,
    Unknown = 7,
    Busy = 8,
    Broken = 9,
    NoRoom = 10,
}

/// <summary>The log index that a linearizable read must have seen; null from a member that does not lead.</summary>
internal sealed record ReadIndexWire(long? Index);
