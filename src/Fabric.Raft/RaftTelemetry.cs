using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Fabric.Raft;

/// <summary>What the log times as it happens. Nobody listening, each costs one comparison.</summary>
public static class RaftTelemetry
{
    /// <summary>The name of its meter and of the source of its spans.</summary>
    public const string Name = "Fabric.Raft";

    /// <summary>From a commit on one fast disk to an election.</summary>
    private static readonly double[] Latencies = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private static readonly Meter Meter = new(Name);

    internal static ActivitySource Source { get; } = new(Name);

    internal static Histogram<double> CommitDuration { get; } = Meter.CreateHistogram(
        "fabric.commit.duration", "s", "On the leader: from appending an entry to a majority having it on disk.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Latencies });

    internal static Histogram<double> ApplyDuration { get; } = Meter.CreateHistogram(
        "fabric.apply.duration", "s", "On the leader: from a commit to its outcome.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Latencies });

    internal static Counter<long> LeaderChanges { get; } = Meter.CreateCounter<long>(
        "fabric.raft.leader.changes", "{change}", "How often this voter learned of another leader, or of none.");
}
