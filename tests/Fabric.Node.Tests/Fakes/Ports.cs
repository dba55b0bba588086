using System.Net;
using System.Net.Sockets;

namespace Fabric.Node.Tests.Fakes;

public static class Ports
{
    /// <summary>Free ports of the loopback, all different.</summary>
    public static IPEndPoint[] Take(int count)
    {
        var sockets = Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToArray();
        foreach (var socket in sockets)
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var endpoints = sockets.Select(socket => (IPEndPoint)socket.LocalEndPoint!).ToArray();
        foreach (var socket in sockets)
            socket.Dispose();
        return endpoints;
    }
}
