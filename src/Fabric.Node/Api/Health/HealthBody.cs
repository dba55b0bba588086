namespace Fabric.Node.Api.Health;

/// <summary>That the process is alive, or that it is ready.</summary>
internal sealed record HealthBody(string Status);
