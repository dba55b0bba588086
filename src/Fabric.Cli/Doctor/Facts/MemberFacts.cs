namespace Fabric.Cli.Doctor.Facts;

/// <summary>A member of the fabric as this host sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Error">Why it does not answer this host; null when it does.</param>
/// <param name="Fabric">The fabric that it belongs to.</param>
/// <param name="AppliedRevision">How far it has applied the log.</param>
/// <param name="Clock">How far its clock is from this host's; null when it did not say.</param>
internal sealed record MemberFacts(string Name, string? Error, Guid? Fabric = null, long? AppliedRevision = null, ClockDifference? Clock = null)
{
    /// <summary>The node that was asked for its members reaches it, though this host may not.</summary>
    public bool AnswersNode { get; init; }
}

/// <summary>How far another clock is ahead.</summary>
/// <param name="Ahead">The difference; negative when it is behind.</param>
/// <param name="Uncertainty">By how much that may be wrong, either way.</param>
internal readonly record struct ClockDifference(TimeSpan Ahead, TimeSpan Uncertainty);
