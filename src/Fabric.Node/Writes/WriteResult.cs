using System.Collections.Immutable;
using Fabric.Flags.Changes;

namespace Fabric.Node.Writes;

/// <summary>What came of a write, or of one attempt at it.</summary>
internal abstract record WriteResult
{
    private WriteResult() { }

    /// <summary>In the log, with this outcome on every host.</summary>
    /// <param name="Outcome">What it did.</param>
    /// <param name="Created">The flags that were not there before, and attachments as <c>/attachments/ID</c>, as the leader saw it.</param>
    public sealed record Decided(ChangeOutcome Outcome, ImmutableArray<string> Created) : WriteResult;

    /// <summary>Definitely not applied: the node has as many writes in flight as it takes.</summary>
    public sealed record Busy : WriteResult;

    /// <summary>Definitely not applied: the leader took none of it.</summary>
    public sealed record Refused(string Reason) : WriteResult;

    /// <summary>Definitely not applied: too few disks have room for it.</summary>
    public sealed record NoRoom(string Reason) : WriteResult;

    /// <summary>Definitely not applied: nobody who leads was found.</summary>
    /// <param name="Reason">What was tried.</param>
    /// <param name="Leader">Who may lead, as far as whoever was asked knows.</param>
    public sealed record NoLeader(string Reason, string? Leader = null) : WriteResult;

    /// <summary>Perhaps applied, now or later.</summary>
    public sealed record Unknown(string Reason) : WriteResult;
}
