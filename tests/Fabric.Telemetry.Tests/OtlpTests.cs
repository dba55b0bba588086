using Fabric.Node.Tests.Fakes;

namespace Fabric.Telemetry.Tests;

public sealed class OtlpTests
{
    [Fact]
    public async Task A_collector_that_the_environment_names_gets_traces_metrics_and_logs()
    {
        await using var collector = new Collector();
        await collector.StartAsync();
        await using var host = await new OneHost(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address.ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
            ["OTEL_SERVICE_NAME"] = "flags-of-the-shop",
        }).StartAsync();
        await host.BusyAsync();

        await HoldsAsync(collector, "traces", "propose", "table write", "/api/v1/flags/{key}", "flags-of-the-shop");
        await HoldsAsync(collector, "metrics", "fabric.evaluations", "feature_flag.key", "fabric.write.duration", "flags-of-the-shop");
        await HoldsAsync(collector, "logs", "is at revision", "flags-of-the-shop");
    }

    [Fact]
    public async Task A_signal_that_is_switched_off_is_not_sent()
    {
        await using var collector = new Collector();
        await collector.StartAsync();
        await using var host = await new OneHost(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address.ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
            ["OTEL_TRACES_EXPORTER"] = "none",
            ["OTEL_LOGS_EXPORTER"] = "none",
        }).StartAsync();
        await host.BusyAsync();

        await HoldsAsync(collector, "metrics", "fabric.evaluations");
        Assert.Equal(("", ""), (collector.Of("traces"), collector.Of("logs")));
    }

    private static Task HoldsAsync(Collector collector, string signal, params string[] texts) => Eventually.HoldsAsync(
        () => Task.FromResult(texts.All(text => collector.Of(signal).Contains(text, StringComparison.Ordinal))),
        () => $"{signal} lack {string.Join(", ", texts.Where(text => !collector.Of(signal).Contains(text, StringComparison.Ordinal)))}");
}
