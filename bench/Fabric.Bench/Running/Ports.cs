using System.Net;
using System.Net.Sockets;

namespace Fabric.Bench.Running;

/// <summary>Ports of the loopback that nobody listens on.</summary>
internal static class Ports
{
    internal static int[] Free(int count)
    {
        // All held at once, so that no port is given twice.
        var listeners = Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
            listener.Start();
        var ports = listeners.Select(static listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
            listener.Dispose();
        return ports;
    }
}
