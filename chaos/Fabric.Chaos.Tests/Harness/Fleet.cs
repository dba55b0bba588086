using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Fabric.Chaos.Tests.Harness;

/// <summary>Three nodes on this machine, each with a folder and a table of its own.</summary>
internal sealed class Fleet : IDisposable
{
    private static readonly string[] Names = ["a", "b", "c"];

    private const string Loopback = "127.0.0.1";

    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-fleet-").FullName;
    private readonly List<IDisposable> _parts = [];
    private readonly string _tables = $"/run/fabric/bpf/fleet-{Environment.ProcessId}-{Guid.NewGuid():N}"[..48];

    private readonly List<NodeProcess> _all = [];
    private readonly Func<string, string> _address;
    private readonly string[] _options;

    private Fleet(Func<string, string> address, string[] options)
    {
        (_address, _options) = (address, options);
        var ports = FreePorts(6);
        var members = Names.Select((name, i) => (Name: name, Raft: $"{address(name)}:{ports[i]}", Http: $"{address(name)}:{ports[i + 3]}")).ToArray();
        Nodes = [.. members.Select(own => Make(own.Name, own.Http,
        [
            "--raft", own.Raft, .. members.Where(other => other.Name != own.Name)
                .SelectMany(other => new[] { "--peer", $"name={other.Name},raft={other.Raft},http=http://{other.Http}" }),
        ]))];
    }

    /// <summary>Those that belong to it now; another list when one comes or leaves.</summary>
    internal IReadOnlyList<NodeProcess> Nodes { get; private set; }

    /// <summary>A fleet of which nothing runs yet.</summary>
    internal static Fleet Prepare(params string[] options) => new(static _ => Loopback, options);

    /// <summary>The same where hosts have addresses of their own.</summary>
    /// <param name="address">A host's address by its name.</param>
    /// <param name="options">What every node is told besides.</param>
    internal static Fleet Prepare(Func<string, string> address, params string[] options) => new(address, options);

    /// <summary>A host that follows the others, and may get a vote where it is to be a <paramref name="candidate"/>; it does not run yet.</summary>
    internal NodeProcess Observer(string name, bool candidate = false, params string[] sources)
    {
        var ports = FreePorts(2);
        var join = Nodes.Where(node => sources.Length == 0 || sources.Contains(node.Name)).Select(static node => node.Http.ToString());
        return Make(name, $"{_address(name)}:{ports[0]}",
            ["--join", string.Join(',', join), .. candidate ? new[] { "--raft", $"{_address(name)}:{ports[1]}" } : []]);
    }

    /// <summary>Counts a host that runs among those that are written to and compared.</summary>
    internal void Enter(NodeProcess node) => Nodes = [.. Nodes, node];

    /// <summary>Counts it no more.</summary>
    internal void Leave(NodeProcess node) => Nodes = [.. Nodes.Where(other => other != node)];

    /// <summary>Keeps something that is given back when all nodes have ended, and before their folders are deleted.</summary>
    internal T With<T>(T part)
        where T : IDisposable
    {
        _parts.Add(part);
        return part;
    }

    internal static async Task<Fleet> StartAsync(params string[] options)
    {
        var fleet = Prepare(options);
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
        foreach (var node in _all)
            node.Dispose();
        foreach (var part in _parts)
            part.Dispose();
        Directory.Delete(_folder, recursive: true);
        if (Directory.Exists(_tables))
            Directory.Delete(_tables, recursive: true);
    }

    private NodeProcess Make(string name, string http, string[] own)
    {
        var node = new NodeProcess(name, _folder, new Uri($"http://{http}"),
        [
            "node", "--name", name, "--data", Path.Combine(_folder, name), "--http", http,
            "--table", Environment.IsPrivilegedProcess ? $"{_tables}/{name}/table" : Path.Combine(_folder, name, "table"), .. own, .. _options,
        ]);
        _all.Add(node);
        return node;
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
