using System.Collections;

namespace Fabric.Node.Telemetry;

/// <summary>Where a node's telemetry goes, by OpenTelemetry's own variables.</summary>
/// <param name="Variables">Those that begin with <c>OTEL_</c>; the exporters read what is theirs.</param>
public sealed record TelemetrySettings(IReadOnlyDictionary<string, string?> Variables)
{
    private const string Prefix = "OTEL_";

    /// <summary>What a set of environment variables says.</summary>
    public static TelemetrySettings From(IDictionary environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return new TelemetrySettings(environment.Keys.OfType<string>()
            .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(static name => name, name => environment[name] as string, StringComparer.Ordinal));
    }

    /// <summary>The name under which this node is known there.</summary>
    public string ServiceName => this["OTEL_SERVICE_NAME"] ?? "fabric";

    /// <summary>A collector is named for a signal, or for all of them.</summary>
    /// <param name="signal"><c>TRACES</c>, <c>METRICS</c> or <c>LOGS</c>.</param>
    public bool Exports(string signal) =>
        this["OTEL_SDK_DISABLED"] is not "true"
        && this[$"OTEL_{signal}_EXPORTER"] is null or "otlp"
        && (this["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? this[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]) is not null;

    private string? this[string name] => Variables.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value : null;
}
