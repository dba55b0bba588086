using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Fabric.Chaos.Tests.Harness;

/// <summary>Three nodes on this machine, each with a folder and a table of its own.</summary>
internal sealed class Fleet : IDisposable
{
    private static readonly string[] Names = ["a", "b", "c"];

    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-fleet-").FullName;
    private readonly List<IDisposable> _parts = [];
    private readonly string _tables = $"/run/fabric/bpf/fleet-{Environment.ProcessId}-{Guid.NewGuid():N}"[..48];

    private Fleet(params string[] options)
    {
        var ports = FreePorts(6);
        var members = Names.Select((name, i) => (Name: name, Raft: $"127.0.0.1:{ports[i]}", Http: $"127.0.0.1:{ports[i + 3]}")).ToArray();
        Nodes = [.. members.Select(own => new NodeProcess(own.Name, _folder, new Uri($"http://{own.Http}"),
        [
            "node", "--name", own.Name, "--data", Path.Combine(_folder, own.Name), "--http", own.Http, "--raft", own.Raft,
            "--table", Environment.IsPrivilegedProcess ? $"{_tables}/{own.Name}/table" : Path.Combine(_folder, own.Name, "table"),
            .. members.Where(other => other.Name != own.Name)
                .SelectMany(other => new[] { "--peer", $"name={other.Name},raft={other.Raft},http=http://{other.Http}" }),
            .. options,
        ]))];
    }

    internal IReadOnlyList<NodeProcess> Nodes { get; }

    /// <summary>A fleet of which nothing runs yet.</summary>
    internal static Fleet Prepare(params string[] options) => new(options);

    /// <summary>Keeps something that is given back when all nodes have ended, and before their folders are deleted.</summary>
    internal T With<T>(T part)
        where T : IDisposable
    {
        _parts.Add(part);
        return part;
    }

    internal static async Task<Fleet> StartAsync(params string[] options)
    {
        var fleet = new Fleet(options);
        await fleet.StartAllAsync();
        return fleet;
    }

    internal async Task StartAllAsync()
    {
        foreach (var node in Nodes)
            await node.StartAsync(wait: false);
        foreach (var node in Nodes)
            await node.WaitForReadyAsync();
    }

    internal string DataOf(NodeProcess node) => Path.Combine(_folder, node.Name);

    /// <summary>A node in the place of one that was, with its table and its address, and a data folder that makes it a fabric alone.</summary>
    internal NodeProcess Alone(NodeProcess instead, string data) => new(instead.Name, _folder, instead.Http,
        ["node", "--name", instead.Name, "--data", data, "--http", instead.Http.Authority, "--table", instead.Table]);

    internal NodeProcess Named(string name) => Nodes.Single(node => node.Name == name);

    /// <summary>The node that leads, as a running node says.</summary>
    internal async Task<NodeProcess> LeaderAsync()
    {
        NodeProcess? leader = null;
        await Eventually.Async("a leader is known", async () =>
        {
            foreach (var node in Nodes.Where(static node => node.Running))
            {
                var status = await node.StatusAsync();
                if (status.GetProperty("role").GetString() == "leader")
                    leader = node;
            }

            return leader is not null;
        });
        return leader!;
    }

    /// <summary>Waits until every node has applied the same and every table shows it.</summary>
    internal Task ConvergeAsync() => Eventually.Async("all tables are alike", async () =>
    {
        var statuses = new List<JsonElement>();
        foreach (var node in Nodes)
            statuses.Add(await node.StatusAsync());
        return statuses.Select(static s => s.GetProperty("appliedRevision").GetInt64()).Distinct().Count() == 1
            && statuses.Select(static s => s.GetProperty("tableDigest").GetString()).Distinct().Count() == 1
            && statuses.All(static s => s.GetProperty("tableRevision").GetInt64() == s.GetProperty("appliedRevision").GetInt64());
    });

    public void Dispose()
    {
        foreach (var node in Nodes)
            node.Dispose();
        foreach (var part in _parts)
            part.Dispose();
        Directory.Delete(_folder, recursive: true);
        if (Directory.Exists(_tables))
            Directory.Delete(_tables, recursive: true);
    }

    private static int[] FreePorts(int count)
    {
        // All held at once, so that no port is given twice.
        var listeners = Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
            listener.Start();
        var ports = listeners.Select(static listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
            listener.Stop();
        return ports;
    }
}

/// <summary>Waits for what must become true, with a deadline that a busy machine does not break.</summary>
internal static class Eventually
{
    internal static async Task Async(string what, Func<Task<bool>> holds, int seconds = 60)
    {
        var since = Stopwatch.StartNew();
        Exception? last = null;
        while (since.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            try
            {
                if (await holds())
                    return;
                last = null;
            }
            catch (Exception unreachable) when (unreachable is HttpRequestException or OperationCanceledException or JsonException)
            {
                last = unreachable;
            }

            await Task.Delay(20);
        }

        throw new TimeoutException($"not in {seconds} s: {what}", last);
    }
}
