namespace Fabric.Node.Api.Cluster;

/// <summary>All members as one of them sees them.</summary>
/// <param name="Leader">The leader as the answering node knows it.</param>
/// <param name="Members">All voters, in the order of their names.</param>
/// <param name="Diverged">Pairs of members whose states or tables differ at the same index; it must be empty.</param>
internal sealed record ClusterBody(string? Leader, IReadOnlyList<MemberBody> Members, IReadOnlyList<string> Diverged);

/// <summary>One member; what it did not answer is null.</summary>
internal sealed record MemberBody
{
    public required string Name { get; init; }
    public required string Raft { get; init; }
    public required string Http { get; init; }
    public required bool Reachable { get; init; }

    /// <summary>Why it could not be asked.</summary>
    public string? Error { get; init; }

    public string? Role { get; init; }
    public long? Term { get; init; }
    public bool? Ready { get; init; }
    public long? CommitRevision { get; init; }
    public long? AppliedRevision { get; init; }
    public long? Revision { get; init; }
    public long? TableRevision { get; init; }
    public string? TableDigest { get; init; }
    public string? TableKind { get; init; }
    public NodeStatus.StateDigestBody? StateDigest { get; init; }
}
