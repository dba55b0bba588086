namespace Fabric.Chaos.Model;

/// <summary>What one run recorded. Times are nanoseconds of one monotonic clock.</summary>
internal sealed record Run
{
    /// <summary>The folder that it was read from.</summary>
    public required string Folder { get; init; }

    public required IReadOnlyList<Host> Hosts { get; init; }

    /// <summary>Whether the run came to its end.</summary>
    public required bool Ended { get; init; }

    public string? Seed { get; init; }

    /// <summary>In the order in which they began.</summary>
    public required IReadOnlyList<RecordedOperation> Operations { get; init; }

    public required IReadOnlyList<Subscriber> Subscribers { get; init; }

    public required IReadOnlyList<TableReader> Programs { get; init; }

    public required IReadOnlyList<StatusSample> Statuses { get; init; }

    public required IReadOnlyList<FaultMark> Faults { get; init; }

    public required IReadOnlyList<FinalHost> Finals { get; init; }

    public Healing? Healed { get; init; }
}

/// <summary>A host of the run.</summary>
internal sealed record Host(string Name, bool Voter);

/// <summary>What a node said of itself; only the time and the error where it did not answer.</summary>
internal sealed record StatusSample(long Time, string Host, string? Error)
{
    public long? Pid { get; init; }

    public string? Role { get; init; }

    public long Term { get; init; }

    public long Applied { get; init; }

    public long? TableRevision { get; init; }

    /// <summary>The index that <see cref="Digest"/> is of.</summary>
    public long DigestIndex { get; init; }

    public string? Digest { get; init; }
}

/// <summary>A fault that begins or ends.</summary>
internal sealed record FaultMark(long Time, string Fault, bool Begins, IReadOnlyList<string> Hosts, string Detail);

/// <summary>When all was whole again, and when all hosts were equal; null where they never were.</summary>
internal sealed record Healing(long Time, long? Equal);

/// <summary>A host when all was over.</summary>
internal sealed record FinalHost(string Host, long Revision, string? StateDigest, string? TableDigest, long? TableRevision)
{
    /// <summary>Of what came after this revision, <see cref="Log"/> lacks nothing.</summary>
    public required long Since { get; init; }

    /// <summary>Key, value and revision of every flag.</summary>
    public required IReadOnlyList<FinalFlag> Flags { get; init; }

    public required IReadOnlyList<LoggedSet> Log { get; init; }
}

/// <summary>A flag at the end.</summary>
internal sealed record FinalFlag(string Key, long? Value, long Revision);
