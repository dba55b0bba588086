namespace Fabric.Node.Api.Cluster;

/// <summary>All members as one of them sees them.</summary>
/// <param name="Leader">The leader as the answering node knows it.</param>
/// <param name="Members">All voters, in the order of their names.</param>
/// <param name="Hosts">All hosts that are known of, the voters among them, in the order of their names.</param>
/// <param name="Diverged">Pairs of members whose states or tables differ at the same index; it must be empty.</param>
internal sealed record ClusterBody(string? Leader, IReadOnlyList<MemberBody> Members, IReadOnlyList<HostBody> Hosts, IReadOnlyList<string> Diverged)
{
    /// <summary>The alarms of all members that answer, by their names.</summary>
    public IReadOnlyList<HostAlarmBody> Alarms { get; init; } = [];
}

/// <summary>An alarm and the host that gives it.</summary>
internal sealed record HostAlarmBody(string Host, string Kind, DateTimeOffset Since, string Detail, string Cure);

/// <summary>A host and how far it was when it was last heard of.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Http">The base address of its API.</param>
/// <param name="Voter">It votes; every other one observes.</param>
/// <param name="Connected">It is in touch with the fabric.</param>
/// <param name="AppliedRevision">Log index up to which it has applied entries.</param>
/// <param name="TableRevision">Log index up to which its programs see entries; 0 where that is not known.</param>
/// <param name="LastHeard">When that was; null where no living voter has heard of it.</param>
/// <param name="Identity">Its data folder's identity, as the list of hosts has it.</param>
/// <param name="Since">The revision at which the list of hosts took it up as it is; null where it is not in it.</param>
internal sealed record HostBody(
    string Name, string Http, bool Voter, bool Connected, long AppliedRevision, long TableRevision, DateTimeOffset? LastHeard,
    Guid? Identity, long? Since);

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

    /// <summary>What somebody has to look after there.</summary>
    public IReadOnlyList<NodeStatus.AlarmBody> Alarms { get; init; } = [];
}
