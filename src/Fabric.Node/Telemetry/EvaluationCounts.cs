using System.Diagnostics.Metrics;
using Fabric.Bpf.Usage;
using Fabric.Node.Usage;

namespace Fabric.Node.Telemetry;

/// <summary>
/// Evaluations by flag, variant and door, out of what is counted for <c>/api/v1/usage</c>. There are never more series than
/// <see cref="MostSeries"/>: which come first stay, so that no counter ever falls, and the others are one flag's.
/// </summary>
internal sealed class EvaluationCounts(Func<UsageView?> usage)
{
    public const int MostSeries = 10_000;

    /// <summary>A flag's name for all that are too many, or that no flag has.</summary>
    public const string Others = "(others)";

    /// <summary>A variant's name where the caller's own default ran.</summary>
    public const string Default = "(default)";

    // Prometheus and a collector may ask at the same time.
    private readonly Lock _lock = new();
    private readonly HashSet<Series> _admitted = [];

    private readonly record struct Series(UsageDoor Door, string Flag, string Variant);

    public IEnumerable<Measurement<long>> Measure()
    {
        var sums = new Dictionary<Series, long>();
        lock (_lock)
        {
            foreach (var (key, tally) in usage()?.Tallies ?? new Dictionary<UsageKey, UsageTally>())
            {
                var flag = key.Missed ? Others : key.Flag;
                Add(sums, new Series(key.Door, flag, Default), tally.Defaults);
                foreach (var (variant, calls) in tally.Variants ?? [])
                    Add(sums, new Series(key.Door, flag, variant), calls);
            }
        }

        return sums.Select(static sum => new Measurement<long>(sum.Value, TagsOf(sum.Key)));
    }

    public IEnumerable<Measurement<long>> Unattributed() => usage() is { } view ? [new Measurement<long>(view.Beyond)] : [];

    private void Add(Dictionary<Series, long> sums, Series series, long calls)
    {
        if (calls == 0)
            return;
        if (!_admitted.Contains(series))
        {
            if (_admitted.Count < MostSeries)
                _admitted.Add(series);
            else
                series = series with { Flag = Others, Variant = Others };
        }

        sums[series] = sums.GetValueOrDefault(series) + calls;
    }

    private static KeyValuePair<string, object?>[] TagsOf(Series series) =>
    [
        new("feature_flag.key", series.Flag),
        new("feature_flag.result.variant", series.Variant),
        new("feature_flag.provider.name", "fabric"),
        new("fabric.door", series.Door.ToString().ToLowerInvariant()),
    ];
}
