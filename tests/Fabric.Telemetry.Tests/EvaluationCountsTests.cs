using System.Diagnostics.Metrics;
using Fabric.Bpf.Usage;
using Fabric.Node.Telemetry;
using Fabric.Node.Usage;

namespace Fabric.Telemetry.Tests;

public sealed class EvaluationCountsTests
{
    private readonly Dictionary<UsageKey, UsageTally> _tallies = [];
    private readonly EvaluationCounts _counts;

    public EvaluationCountsTests() => _counts = new EvaluationCounts(() =>
        new UsageView(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, _tallies, new Dictionary<UsageKey, UsageSeen>(), Beyond: 3, Unread: 0));

    [Fact]
    public void Callers_are_added_up_and_defaults_are_a_variant_of_their_own()
    {
        Count("shop", "on", 2, exe: "/a");
        Count("shop", "on", 3, exe: "/b");
        Count("shop", null, 4, exe: "/b");

        Assert.Equal([("shop", "(default)", 4), ("shop", "on", 5)], Series());
        Assert.Equal(3, Assert.Single(_counts.Unattributed()).Value);
    }

    [Fact]
    public void Names_that_no_flag_has_are_one_series()
    {
        Count("typo", null, 1, missed: true);
        Count("other", null, 2, missed: true);

        Assert.Equal([("(others)", "(default)", 3)], Series());
    }

    [Fact]
    public void There_are_never_more_series_than_agreed_and_none_ever_falls()
    {
        for (var i = 0; i < EvaluationCounts.MostSeries + 500; i++)
            Count($"flag-{i}", "on", 1);
        var first = Series();
        Assert.Equal(EvaluationCounts.MostSeries + 1, first.Length);
        Assert.Equal(EvaluationCounts.MostSeries + 500, first.Sum(static one => one.Calls));

        Count("aaa-new", "on", 7);
        foreach (var key in _tallies.Keys.ToArray())
            _tallies[key].AddVariant("on", 1);
        var before = first.ToDictionary(static one => one.Flag, static one => one.Calls);
        foreach (var (flag, _, calls) in Series())
            Assert.True(calls > before[flag], $"{flag}: {before[flag]} and then {calls}");
    }

    private void Count(string flag, string? variant, long calls, string? exe = null, bool missed = false)
    {
        var key = new UsageKey(UsageDoor.Shared, flag, exe, missed);
        var tally = _tallies.TryGetValue(key, out var known) ? known : _tallies[key] = new UsageTally();
        if (variant is null)
            tally.AddDefaults(calls);
        else
            tally.AddVariant(variant, calls);
    }

    private (string Flag, string Variant, long Calls)[] Series() =>
        [.. _counts.Measure().Select(static one => (Tag(one, "feature_flag.key"), Tag(one, "feature_flag.result.variant"), one.Value)).Order()];

    private static string Tag(Measurement<long> one, string name)
    {
        foreach (var tag in one.Tags)
        {
            if (tag.Key == name)
                return (string)tag.Value!;
        }

        return "";
    }
}
