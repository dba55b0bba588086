namespace Fabric.Node.Options;

/// <summary>What a node accepts at most. Everything beyond is refused before it is proposed.</summary>
public sealed record NodeLimits
{
    /// <summary>Bytes of a request's body.</summary>
    public int BodyBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes of a file of flags that is imported: it holds many definitions.</summary>
    public int ImportBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Imports that this node works on at once, since each holds its file in memory; one more is answered 429.</summary>
    public int ImportsInFlight { get; init; } = 4;

    /// <summary>Writes that this node works on at once; one more is answered 429.</summary>
    public int WritesInFlight { get; init; } = 512;

    /// <summary>Connections open at once; one more is closed.</summary>
    public int Connections { get; init; } = 1024;

    /// <summary>Flags in one page of the list.</summary>
    public int FlagsPerPage { get; init; } = 1000;

    /// <summary>Idempotency keys remembered, to notice one that comes again with another request.</summary>
    public int RememberedOperations { get; init; } = 4096;

    /// <summary>Requests that are evaluated at once; one more is answered 429.</summary>
    public int EvaluationsInFlight { get; init; } = 256;

    /// <summary>Streams of events open at once; one more is answered 429.</summary>
    public int EventStreams { get; init; } = 512;

    /// <summary>Hosts that are fed from this node at once; one more is shown to others.</summary>
    public int Observers { get; init; } = 128;

    /// <summary>Streams of change sets open at once; one more is answered 503.</summary>
    public int ChangeStreams { get; init; } = 256;

    /// <summary>Change sets that this node keeps for streams that go on where they were; a stream that is further behind is cut off.</summary>
    public int EventsKept { get; init; } = 10_000;

    /// <summary>Bytes that those change sets take at most, however few they are.</summary>
    public int EventsKeptBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Applied entries after which a snapshot is taken; a fifth of that later the log drops what the snapshot covers.</summary>
    public int EntriesPerSnapshot { get; init; } = 5_000;

    /// <summary>Entries that may be committed and not yet applied while the node still calls itself ready.</summary>
    public long ReadyLag { get; init; } = 5000;

    internal IEnumerable<OptionProblem> Problems()
    {
        var bounds = new (string Key, long Value, long Low, long High)[]
        {
            ("max-body-bytes", BodyBytes, 1024, 64 * 1024 * 1024),
            ("max-import-bytes", ImportBytes, 1024, 256 * 1024 * 1024),
            ("max-writes-in-flight", WritesInFlight, 1, 65_536),
            ("max-connections", Connections, 8, 1_048_576),
            ("max-evaluations-in-flight", EvaluationsInFlight, 1, 65_536),
            ("max-event-streams", EventStreams, 1, 1_048_576),
            ("max-observers", Observers, 0, 65_536),
            ("max-change-streams", ChangeStreams, 1, 65_536),
            ("max-events-kept", EventsKept, 1, 1_048_576),
            ("max-events-kept-bytes", EventsKeptBytes, 1024 * 1024, 1024 * 1024 * 1024),
            ("entries-per-snapshot", EntriesPerSnapshot, 1, 1_000_000),
        };
        return from bound in bounds
               where bound.Value < bound.Low || bound.Value > bound.High
               select new OptionProblem(bound.Key, $"{bound.Value}", $"a whole number from {bound.Low} to {bound.High}");
    }
}
