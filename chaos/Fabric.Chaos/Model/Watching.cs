namespace Fabric.Chaos.Model;

/// <summary>What a subscriber of the events noted.</summary>
internal enum StreamMark
{
    /// <summary>A stream begins after <see cref="StreamLine.Revision"/>.</summary>
    Open,

    /// <summary>A change set came.</summary>
    Event,

    /// <summary>The host said that it cannot tell what came in between.</summary>
    Gap,

    /// <summary>The stream has ended.</summary>
    Closed,
}

/// <summary>One line of a subscriber.</summary>
internal sealed record StreamLine(int Line, long Time, StreamMark Mark, long Revision, string? Host, IReadOnlyList<Change> Changes);

/// <summary>One who listened to the events, at one host after the other.</summary>
internal sealed record Subscriber(string Name, IReadOnlyList<StreamLine> Lines);

/// <summary>What a program saw in its host's table, in one step.</summary>
internal sealed record TableSample(int Line, long Time, long Revision, long Generation, IReadOnlyDictionary<string, long?> Values);

/// <summary>A program that looked into its host's table.</summary>
internal sealed record TableReader(string Name, string Host, IReadOnlyList<TableSample> Samples);
