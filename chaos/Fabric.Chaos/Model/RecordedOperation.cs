namespace Fabric.Chaos.Model;

/// <summary>How an operation ended.</summary>
internal enum Outcome
{
    /// <summary>Nobody knows.</summary>
    Unknown,

    /// <summary>It was acknowledged.</summary>
    Ok,

    /// <summary>It was refused: nothing of it ever takes effect.</summary>
    Refused,
}

/// <summary>One operation of a client.</summary>
internal sealed record RecordedOperation
{
    /// <summary>The line of its beginning, for people.</summary>
    public required int Line { get; init; }

    public required string Process { get; init; }

    /// <summary>What it was: write, cas, delete, changes or read.</summary>
    public required string Function { get; init; }

    public string? Host { get; init; }

    /// <summary>A write's identity, which also stands in the log where that tells it.</summary>
    public string? Op { get; init; }

    public required long Began { get; init; }

    /// <summary>When it was answered; meaningless where the outcome is unknown.</summary>
    public long Ended { get; init; } = long.MaxValue;

    public Outcome Outcome { get; init; }

    /// <summary>Of a refusal: one of its conditions was not met.</summary>
    public bool Conflict { get; init; }

    /// <summary>What a write changes; empty for a read.</summary>
    public IReadOnlyList<Change> Changes { get; init; } = [];

    /// <summary>Of a read: the flag.</summary>
    public string? Key { get; init; }

    /// <summary>Of a read: whether it may be answered from the past.</summary>
    public bool Local { get; init; }

    /// <summary>Of a read: how far the answer must have come at least.</summary>
    public long MinRevision { get; init; }

    /// <summary>What a read saw; null where there was nothing.</summary>
    public long? Value { get; init; }

    /// <summary>Of a write, what it became; of a read, that of the flag.</summary>
    public long? Revision { get; init; }

    /// <summary>Of a read: the revision of the state that answered.</summary>
    public long? At { get; init; }

    public bool IsRead => Function == "read";

    public bool IsWrite => !IsRead;

    public override string ToString() =>
        $"line {Line} ({Function} {(IsRead ? Key : string.Join(", ", Changes))}{(Host is null ? "" : $" at {Host}")})";
}
