using System.Net;
using System.Net.Sockets;
using Fabric.Chaos.Tests.Harness;

namespace Fabric.Examples.Tests;

/// <summary>A fabric of one node, with a table of its own: a BPF array where the kernel lets us have one.</summary>
internal sealed class OneNode : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-examples-").FullName;

    /// <param name="file">Whether the table is to be a file even where it could be an array.</param>
    internal OneNode(bool file = false)
    {
        Table = Environment.IsPrivilegedProcess && !file ? $"/run/fabric/bpf/{Path.GetFileName(_folder)}/table" : Path.Combine(_folder, "table");
        var http = $"127.0.0.1:{FreePort()}";
        Process = new NodeProcess("a", _folder, new Uri($"http://{http}"),
            ["node", "--name", "a", "--data", Path.Combine(_folder, "data"), "--http", http, "--table", Table]);
    }

    /// <summary>Where its table is once it runs.</summary>
    internal string Table { get; }

    internal NodeProcess Process { get; }

    internal static async Task<OneNode> StartAsync(bool file = false)
    {
        var node = new OneNode(file);
        await node.Process.StartAsync();
        return node;
    }

    public void Dispose()
    {
        Process.Dispose();
        Directory.Delete(_folder, recursive: true);
        if (Path.GetDirectoryName(Table) is { } pins && Directory.Exists(pins))
            Directory.Delete(pins, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
