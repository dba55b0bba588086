namespace Fabric.Node.Hosting;

/// <summary>The client by which nodes talk to each other.</summary>
internal static class NodesHttp
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(500);

    public static HttpClient MakeClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    })
    {
        // Each call bounds its own time.
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
