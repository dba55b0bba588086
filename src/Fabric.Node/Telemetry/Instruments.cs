using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Fabric.Node.Telemetry;

/// <summary>What the node counts and times as it happens. Nobody listening, each costs one comparison.</summary>
internal static class Instruments
{
    public const string Name = "Fabric.Node";

    /// <summary>Spans of the table are a part's of their own.</summary>
    public const string TableName = "Fabric.Table";

    public const string Outcome = "fabric.write.outcome";

    /// <summary>From a commit that takes a quarter of a millisecond to a wait that the time limit of a write ends.</summary>
    private static readonly double[] Latencies = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private static readonly Meter Meter = new(Name);

    public static ActivitySource Source { get; } = new(Name);

    public static ActivitySource TableSource { get; } = new(TableName);

    public static Counter<long> Writes { get; } = Meter.CreateCounter<long>(
        "fabric.writes", "{write}", "Writes that this node was asked for, by what came of them.");

    public static Histogram<double> WriteDuration { get; } = Meter.CreateHistogram(
        "fabric.write.duration", "s", "From taking a write to knowing what came of it.", advice: Of(Latencies));

    public static Histogram<double> TableDelay { get; } = Meter.CreateHistogram(
        "fabric.table.delay", "s", "From applying an entry to this host's programs seeing it.", advice: Of(Latencies));

    private static InstrumentAdvice<double> Of(double[] bounds) => new() { HistogramBucketBoundaries = bounds };
}
