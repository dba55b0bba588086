using System.Text.Json;
using System.Text.RegularExpressions;
using Fabric.Node.Tests.Fakes;
using Fabric.Tests.Shared;

namespace Fabric.Telemetry.Tests;

/// <summary>What is shipped for Prometheus and Grafana, put to the real programs.</summary>
public sealed partial class PrometheusTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "packaging/telemetry");

    /// <summary>Names that begin as a metric's and are a label's.</summary>
    private static readonly string[] Labels = ["fabric_alarm_kind", "fabric_door", "fabric_host_state", "fabric_write_outcome"];

    [Fact]
    public async Task The_alert_rules_are_sound_and_fire_when_they_should_and_only_then()
    {
        var (code, said) = await Tool.RunAsync("", "promtool", "check", "rules", Path.Combine(Folder, "alerts.yml"));
        Assert.True(code == 0, said);
        (code, said) = await Tool.RunAsync("", "promtool", "test", "rules", Path.Combine(Folder, "alerts.test.yml"));
        Assert.True(code == 0, said);
    }

    [Fact]
    public async Task A_real_Prometheus_scrapes_a_node_runs_the_rules_and_answers_the_dashboard()
    {
        await using var host = await new OneHost().StartAsync();
        await host.BusyAsync();
        await using var prometheus = new PrometheusServer(host.Url);

        await Eventually.HoldsAsync(async () => await prometheus.QueryAsync("fabric_ready == 1") is { } ready && Results(ready) == 1, static () => "Prometheus does not see the node", 60);
        await Eventually.HoldsAsync(async () => await prometheus.GetAsync("/api/v1/rules") is { } rules && Rules(rules).All(static rule => rule.GetProperty("health").GetString() == "ok"),
            static () => "a rule fails", 60);
        var rules = Rules((await prometheus.GetAsync("/api/v1/rules"))!.Value).ToArray();
        Assert.NotEmpty(rules);
        Assert.DoesNotContain(rules, static rule => rule.GetProperty("state").GetString() == "firing");
        foreach (var expression in Expressions())
        {
            var answer = await prometheus.QueryAsync(Filled(expression));
            Assert.True(answer?.GetProperty("status").GetString() == "success", $"{expression}: {answer}");
        }
    }

    [Fact]
    public async Task The_dashboard_and_the_rules_ask_for_metrics_that_there_are()
    {
        await using var host = await new OneHost().StartAsync();
        await host.BusyAsync();
        var series = Exposition.Series(await host.ScrapeAsync());
        var rules = await File.ReadAllTextAsync(Path.Combine(Folder, "alerts.yml"), TestContext.Current.CancellationToken);
        var asked = Expressions().Append(string.Join('\n', rules.Split('\n').Where(static line => line.Contains("expr:", StringComparison.Ordinal))))
            .SelectMany(static text => Name().Matches(text).Select(static match => match.Value)).Except(Labels).ToArray();

        Assert.True(asked.Length > 15, "the names were not found in the files");
        Assert.Empty(asked.Except(series));
    }

    private static IEnumerable<string> Expressions()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "dashboard.json")));
        return [.. from panel in dashboard.RootElement.GetProperty("panels").EnumerateArray()
                   from target in panel.GetProperty("targets").EnumerateArray()
                   select target.GetProperty("expr").GetString()!];
    }

    /// <summary>As Grafana asks it.</summary>
    private static string Filled(string expression) => expression.Replace("$job", "fabric", StringComparison.Ordinal)
        .Replace("$flag", "asked", StringComparison.Ordinal).Replace("$__rate_interval", "1m", StringComparison.Ordinal);

    private static int Results(JsonElement answer) => answer.GetProperty("data").GetProperty("result").GetArrayLength();

    private static IEnumerable<JsonElement> Rules(JsonElement answer) =>
        answer.GetProperty("data").GetProperty("groups").EnumerateArray().SelectMany(static group => group.GetProperty("rules").EnumerateArray());

    [GeneratedRegex(@"\b(?:fabric|http_server)_\w+")]
    private static partial Regex Name();
}
