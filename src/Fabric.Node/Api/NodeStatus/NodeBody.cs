namespace Fabric.Node.Api.NodeStatus;

/// <summary>What a node knows of itself and of its fabric.</summary>
internal sealed record NodeBody
{
    public required string Name { get; init; }
    public required int Pid { get; init; }
    public required string Version { get; init; }

    /// <summary>Tells one fabric from another; null until the first leader has settled it.</summary>
    public required Guid? FabricId { get; init; }

    public required int? Capacity { get; init; }
    public required int Flags { get; init; }
    public required string Role { get; init; }
    public required long Term { get; init; }
    public required string? Leader { get; init; }

    /// <summary>Log index up to which entries are known to be committed.</summary>
    public required long CommitRevision { get; init; }

    /// <summary>Log index up to which entries are applied; programs see them when <see cref="TableRevision"/> is the same.</summary>
    public required long AppliedRevision { get; init; }

    /// <summary>Log index of the last applied change set that changed a flag; at most <see cref="AppliedRevision"/>.</summary>
    public required long Revision { get; init; }

    /// <summary>Where programs find the table; null until it is open.</summary>
    public required string? Table { get; init; }

    /// <summary>Log index up to which readers of the table see entries.</summary>
    public required long? TableRevision { get; init; }

    /// <summary>Equal on two hosts whose tables say the same, as 16 hexadecimal digits.</summary>
    public required string? TableDigest { get; init; }

    public required string? TableKind { get; init; }

    /// <summary>Why the table is a file; null where it is a BPF array.</summary>
    public string? TableIsFileBecause { get; init; }

    /// <summary>What rules can ask of this host.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public required OverrideBody Override { get; init; }

    /// <summary>What the node's process may do.</summary>
    public PrivilegesBody? Privileges { get; init; }

    /// <summary>The folder of the log.</summary>
    public string? Data { get; init; }

    /// <summary>This host's clock when it answered.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>When a leader was last heard, or led from here.</summary>
    public required DateTimeOffset? LastContact { get; init; }

    /// <summary>A digest over every applied entry.</summary>
    public required StateDigestBody StateDigest { get; init; }

    /// <summary>Bytes free on the log's disk; with too few, a leader refuses writes.</summary>
    public required long DiskFreeBytes { get; init; }

    /// <summary>Tells this life of the data folder from any other.</summary>
    public Guid Identity { get; init; }

    /// <summary>Why this host has no vote although it is named as a voter; null on every other host.</summary>
    public string? NotVoting { get; init; }

    /// <summary>What somebody has to look after on this host; a node of an older build says none.</summary>
    public IReadOnlyList<AlarmBody> Alarms { get; init; } = [];

    public required bool Ready { get; init; }

    /// <summary>Why it is not ready.</summary>
    public required string? NotReady { get; init; }
}

/// <summary>Something that somebody has to look after.</summary>
/// <param name="Kind">A name that stays the same; docs/operations.md has all of them.</param>
/// <param name="Since">When it began.</param>
/// <param name="Detail">What is wrong.</param>
/// <param name="Cure">What to do.</param>
internal sealed record AlarmBody(string Kind, DateTimeOffset Since, string Detail, string Cure);

/// <summary>Whether this host can override a function's answer, and why not.</summary>
internal sealed record OverrideBody(bool Supported, string? Reason);

/// <summary>What the node's process may do.</summary>
/// <param name="User">The number of the user that it runs as.</param>
/// <param name="Capabilities">Names of its effective capabilities.</param>
/// <param name="NoNewPrivileges">Nothing that it could start would gain more.</param>
internal sealed record PrivilegesBody(uint User, IReadOnlyList<string> Capabilities, bool NoNewPrivileges);

/// <summary>Equal on two hosts at the same index, or they have diverged.</summary>
internal sealed record StateDigestBody(long Index, string Value);
