using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Systemd;

namespace Fabric.Node.Hosting;

/// <summary>Tells systemd how the node is, where systemd has started it and waits to be told.</summary>
internal sealed class ServiceManager
{
    private readonly SystemdNotifier _notifier = new();

    /// <summary>The node takes writes, and units that need it may start.</summary>
    public void Ready() => Tell(ServiceState.Ready);

    /// <summary>The node ends in its own order.</summary>
    public void Stopping() => Tell(ServiceState.Stopping);

    private void Tell(ServiceState state)
    {
        try
        {
            _notifier.Notify(state);
        }
        catch (SocketException)
        {
            // Nobody listens there: the node does its job all the same, and whoever waits sees that nothing came.
        }
    }
}
