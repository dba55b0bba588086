using System.Net.WebSockets;
using Fabric.Node.Fleet;
using Fabric.Node.Forwarding;
using Fabric.Node.Problems;
using Fabric.Raft;

namespace Fabric.Node.Feeding;

/// <summary>Feeds hosts that ask for it: a WebSocket each, which HTTP/1.1 and a proxy in between can carry.</summary>
internal sealed class FeedApi(IConsensus consensus, FeedService service, FleetView fleet, TimeProvider time, ILogger logger, CancellationToken stopping)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet(InternalRoutes.Feed, FeedAsync).ExcludeFromDescription();

    private async Task FeedAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            await Refusals.Malformed("this address is for the fabric's own nodes, which ask for a WebSocket").ExecuteAsync(http);
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        using var socket = new FeedSocket(await http.WebSockets.AcceptWebSocketAsync());
        using var place = service.TryEnter();
        try
        {
            if (place is null)
                await socket.SendLastAsync(FeedKind.Refused, service.Full(), FeedJson.Default.RefusedWire, end.Token);
            else
                await new FeedSession(socket, consensus, service, fleet, time).RunAsync(end.Token);
        }
        catch (Exception ended) when (ended is OperationCanceledException or TimeoutException or WebSocketException or IOException or InvalidDataException or ObjectDisposedException)
        {
            Log.FeedEnded(logger, $"{http.Connection.RemoteIpAddress}", ended.Message);
        }
    }
}
