using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Fabric.Chaos.Hosts;

/// <summary>
/// Makes sockets inside of a host's network. A socket stays in the network of the thread that made it, so one thread goes there
/// and everybody else may use what it makes: a client that is cut off with its host is cut off with it.
/// </summary>
internal sealed class NetworkDoor : IDisposable
{
    private readonly BlockingCollection<TaskCompletionSource<Socket>> _wanted = [];
    private readonly string _file;

    internal NetworkDoor(string file)
    {
        _file = file;
        new Thread(Serve) { IsBackground = true, Name = file }.Start();
    }

    internal Task<Socket> SocketAsync()
    {
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        _wanted.Add(made);
        return made.Task;
    }

    /// <summary>A client whose every connection begins in this network.</summary>
    internal HttpClient NewClient(TimeSpan timeout) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromSeconds(20),
        ConnectTimeout = TimeSpan.FromSeconds(1),
        ConnectCallback = async (context, token) =>
        {
            var socket = await SocketAsync();
            try
            {
                socket.NoDelay = true;
                await socket.ConnectAsync(context.DnsEndPoint, token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    { Timeout = timeout };

    public void Dispose() => _wanted.CompleteAdding();

    private void Serve()
    {
        var inside = false;
        foreach (var wanted in _wanted.GetConsumingEnumerable())
        {
            // The network may be made later than its door.
            var why = inside ? null : Enter();
            inside = why is null;
            if (inside)
                wanted.SetResult(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            else
                wanted.SetException(new HarnessException(why!));
        }
    }

    /// <summary>Null, or why not.</summary>
    private string? Enter()
    {
        var descriptor = Native.open(_file, 0);
        var failed = descriptor < 0 || Native.setns(descriptor, Native.NewNetwork) != 0;
        var why = failed ? $"cannot enter the network {_file}: {System.Runtime.InteropServices.Marshal.GetLastPInvokeErrorMessage()}" : null;
        if (descriptor >= 0)
            _ = Native.close(descriptor);
        return why;
    }
}
