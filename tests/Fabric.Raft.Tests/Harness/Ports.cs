using System.Net;
using System.Net.Sockets;

namespace Fabric.Raft.Tests.Harness;

internal static class Ports
{
    /// <summary>Loopback addresses that nobody listens on, distinct from one another.</summary>
    public static IPEndPoint[] Free(int count)
    {
        var held = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in held)
            listener.Start();
        var free = held.Select(listener => (IPEndPoint)listener.LocalEndpoint).ToArray();
        foreach (var listener in held)
            listener.Dispose();
        return free;
    }
}
