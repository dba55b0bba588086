using System.Reflection;
using Fabric.Node.Forwarding;
using Fabric.Node.Options;
using Fabric.Raft;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Fabric.Node.Telemetry;

/// <summary>Carries what the node counts, times and logs to Prometheus and, where the environment names one, to a collector.</summary>
internal static class Exporting
{
    public const string Route = "/metrics";

    /// <summary>Beside the node's own: what the runtime and the web server say of themselves.</summary>
    private static readonly string[] Meters =
        [Instruments.Name, RaftTelemetry.Name, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>Numbers of the runtime's that Prometheus takes for a histogram's, by their names.</summary>
    private static readonly string[] Unnamed = ["dotnet.assembly.count", "dotnet.process.cpu.count", "dotnet.timer.count"];

    private static readonly string[] Sources = [Instruments.Name, Instruments.TableName, RaftTelemetry.Name, "System.Net.Http"];

    public static void Add(WebApplicationBuilder builder, NodeOptions options, TelemetrySettings? settings)
    {
        if (settings is null)
            return;
        // The exporters read their variables from here; nothing else of the environment is taken.
        builder.Configuration.AddInMemoryCollection(settings.Variables);
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => Describe(resource, options, settings));
        telemetry.WithMetrics(metrics => Measure(metrics, settings));
        if (settings.Exports("TRACES"))
            telemetry.WithTracing(static traces => Trace(traces).AddOtlpExporter());
        if (settings.Exports("LOGS"))
            telemetry.WithLogging(static logs => logs.AddOtlpExporter(), static log => log.IncludeFormattedMessage = true);
    }

    /// <summary>Serves the metrics to Prometheus, in its own format or in OpenMetrics, as is asked for.</summary>
    /// <param name="app">The node's server.</param>
    /// <param name="meter">Says what the node is like until the server has stopped, before what it asks is gone.</param>
    public static void Map(WebApplication app, NodeMeter meter)
    {
        app.Lifetime.ApplicationStopped.Register(meter.Dispose);
        // Asked for here, it listens from now on.
        if (app.Services.GetService<MeterProvider>() is null)
            return;
        NodeMeter.Begin();
        app.MapPrometheusScrapingEndpoint(Route);
    }

    /// <summary>What a trace is made of, without where it goes.</summary>
    public static TracerProviderBuilder Trace(TracerProviderBuilder traces) => traces
        .AddAspNetCoreInstrumentation(static web => web.Filter = IsWorthTracing)
        .AddSource(Sources)
        .AddProcessor<OwnErrandsProcessor>();

    private static void Measure(MeterProviderBuilder metrics, TelemetrySettings settings)
    {
        metrics.AddMeter(Meters).AddPrometheusExporter();
        foreach (var name in Unnamed)
            metrics.AddView(name, MetricStreamConfiguration.Drop);
        metrics.AddView("fabric.evaluations", new MetricStreamConfiguration { CardinalityLimit = EvaluationCounts.MostSeries + 16 });
        if (settings.Exports("METRICS"))
            metrics.AddOtlpExporter();
    }

    private static void Describe(ResourceBuilder resource, NodeOptions options, TelemetrySettings settings) => resource.AddService(
        settings.ServiceName,
        serviceVersion: typeof(Exporting).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0],
        serviceInstanceId: options.Name);

    /// <summary>Probes, scrapes and streams that last as long as the connection would bury what somebody asked for.</summary>
    private static bool IsWorthTracing(HttpContext http)
    {
        var path = http.Request.Path;
        return !path.StartsWithSegments(Route) && !path.StartsWithSegments("/healthz") && !path.StartsWithSegments("/readyz")
            && (!path.StartsWithSegments(InternalRoutes.Prefix) || path.StartsWithSegments(InternalRoutes.Changes));
    }
}
