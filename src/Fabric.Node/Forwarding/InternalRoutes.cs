namespace Fabric.Node.Forwarding;

/// <summary>Addresses that members use among themselves.</summary>
internal static class InternalRoutes
{
    public const string Prefix = "/internal";
    public const string Changes = $"{Prefix}/v1/changes";
    public const string Snapshot = $"{Prefix}/v1/snapshot";
    public const string Feed = $"{Prefix}/v1/feed";
    public const string Fleet = $"{Prefix}/v1/fleet";
    public const string Hosts = $"{Prefix}/v1/hosts";
    public const string Standing = $"{Prefix}/v1/standing";
    public const string StandBack = $"{Prefix}/v1/stand-back";
    public const string Vitals = $"{Prefix}/v1/vitals";
    public const string ReadIndex = $"{Prefix}/v1/read-index";
}
