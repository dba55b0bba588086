using System.Text.RegularExpressions;
using Fabric.Node.Tests.Fakes;
using Fabric.Tests.Shared;

namespace Fabric.Telemetry.Tests;

public sealed partial class MetricsTests
{
    [Fact]
    public async Task A_fresh_node_has_sensible_metrics()
    {
        await using var host = await new OneHost().StartAsync();
        var scrape = await host.ScrapeAsync();

        Assert.Equal(1, Exposition.Value(scrape, "fabric_ready"));
        Assert.Equal(0, Exposition.Value(scrape, "fabric_flags"));
        Assert.Equal(1, Exposition.Value(scrape, "fabric_raft_role", "fabric_raft_role=\"leader\""));
        Assert.Equal(0, Exposition.Value(scrape, "fabric_raft_role", "fabric_raft_role=\"follower\""));
        Assert.Equal(1, Exposition.Value(scrape, "fabric_raft_leader_known"));
        Assert.Equal(0, Exposition.Value(scrape, "fabric_writes_total", "fabric_write_outcome=\"unknown\""));
        Assert.Equal(0, Exposition.Value(scrape, "fabric_fleet_hosts", "fabric_host_state=\"behind\""));
        Assert.True(Exposition.Value(scrape, "fabric_disk_free_bytes") > 0);
        Assert.True(Exposition.Value(scrape, "fabric_log_size_bytes") > 0);
        Assert.DoesNotContain("NaN", scrape, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_and_a_question_are_counted_and_timed()
    {
        await using var host = await new OneHost().StartAsync();
        var before = await host.ScrapeAsync();
        await host.BusyAsync();
        var scrape = await host.ScrapeAsync();

        Assert.Equal(1, Exposition.Value(scrape, "fabric_writes_total", "\"applied\"") - Exposition.Value(before, "fabric_writes_total", "\"applied\""));
        Assert.Equal(1, Exposition.Value(scrape, "fabric_flags"));
        Assert.Equal(1, Exposition.Value(scrape, "fabric_evaluations_total", "feature_flag_key=\"asked\"", "feature_flag_result_variant=\"on\"",
            "feature_flag_provider_name=\"fabric\"", "fabric_door=\"remote\""));
        foreach (var timed in (string[])["fabric_write_duration_seconds", "fabric_commit_duration_seconds", "fabric_apply_duration_seconds", "fabric_table_delay_seconds"])
            Assert.True(Exposition.Value(scrape, $"{timed}_count") >= 1, timed);
        Assert.Equal(Exposition.Value(scrape, "fabric_raft_applied_index"), Exposition.Value(scrape, "fabric_table_revision"));
    }

    [Fact]
    public async Task Promtool_finds_nothing_to_say_of_the_metrics()
    {
        await using var host = await new OneHost().StartAsync();
        await host.BusyAsync();
        var (code, said) = await Tool.RunAsync(await host.ScrapeAsync(), "promtool", "check", "metrics");
        Assert.Equal((0, ""), (code, said));
    }

    [Fact]
    public async Task OpenMetrics_is_spoken_to_whom_asks_for_it()
    {
        await using var host = await new OneHost().StartAsync();
        var (type, text) = await host.ScrapeAsync("application/openmetrics-text; version=1.0.0");
        Assert.Equal("application/openmetrics-text", type);
        Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
        Assert.Equal("text/plain", (await host.ScrapeAsync("text/plain")).Type);
    }

    [Fact]
    public async Task The_document_names_every_metric_and_no_other()
    {
        await using var host = await new OneHost().StartAsync();
        await host.BusyAsync();
        var document = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs/telemetry.md"), TestContext.Current.CancellationToken);

        Assert.Equal(
            Exposition.Families(await host.ScrapeAsync()).Where(static name => name.StartsWith("fabric_", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            Row().Matches(document).Select(static match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_node_without_telemetry_serves_no_metrics()
    {
        await using var node = await TestNode.StartAsync();
        Assert.Equal(404, (await node.GetAsync("/metrics")).Status);
    }

    /// <summary>The first cell of a table's row.</summary>
    [GeneratedRegex(@"^\| `(fabric_\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
