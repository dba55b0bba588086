using System.Net.Sockets;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fabric.Node.Hosting;

/// <summary>Kestrel with bounds on everything, and nothing read from the environment or the working folder.</summary>
internal static class WebServer
{
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(130);
    private static readonly MinDataRate SlowestClient = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

    public static WebApplication Build(NodeOptions options, NodeParts parts)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "fabric" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        builder.Services.AddRoutingCore();
        // With these very arguments: the framework finds the call, and adds what doc comments say of types.
        builder.Services.AddOpenApi("v1", static options => ApiDescription.Configure(options));
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Full);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, ApiJson.Sparse);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        (parts.Logging ?? ToStandardError)(builder.Logging);
        Exporting.Add(builder, options, parts.Telemetry);
        return builder.Build();
    }

    /// <summary>Where the server listens, with the ports that were chosen for it.</summary>
    public static IReadOnlyList<Uri> AddressesOf(WebApplication app) =>
        [.. app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Select(address => new Uri(address))];

    public static async Task StartAsync(WebApplication app, CancellationToken token)
    {
        try
        {
            await app.StartAsync(token);
        }
        catch (IOException failed) when (failed.InnerException is AddressInUseException)
        {
            throw new StartFailedException($"{failed.Message.TrimEnd('.')}; another program listens there, perhaps this node already runs. Choose another --http", failed);
        }
        catch (Exception failed) when (failed is SocketException or IOException)
        {
            throw new StartFailedException($"--http cannot be listened on: {failed.Message}", failed);
        }
    }

    private static void Configure(KestrelServerOptions kestrel, NodeOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.Limits.BodyBytes;
        kestrel.Limits.MaxConcurrentConnections = options.Limits.Connections;
        // Observers; the feed itself counts them and says where else to go.
        kestrel.Limits.MaxConcurrentUpgradedConnections = options.Limits.Observers + 64;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
        kestrel.Limits.KeepAliveTimeout = KeepAliveTimeout;
        kestrel.Limits.MinRequestBodyDataRate = SlowestClient;
        kestrel.Limits.MinResponseDataRate = SlowestClient;
        foreach (var endpoint in options.Http)
            kestrel.Listen(endpoint, listen => listen.Protocols = HttpProtocols.Http1);
    }

    private static void ToStandardError(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
        });
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Fabric", LogLevel.Information);
        // What it has to say, a failed start, is said in words by whoever started it.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
    }
}
