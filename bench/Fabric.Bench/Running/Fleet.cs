using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Fabric.Bench.Running;

/// <summary>One node of a fleet.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Http">Where its API is.</param>
/// <param name="Table">Where its table is.</param>
internal sealed record FleetNode(string Name, Uri Http, string Table);

/// <summary>Three nodes on free ports of this machine, each with a folder and a table of its own.</summary>
internal sealed partial class Fleet : IDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] Names = ["a", "b", "c"];

    private readonly List<Process> _processes = [];
    private readonly Dictionary<string, string[]> _arguments = [];

    private Fleet(IReadOnlyList<FleetNode> nodes) => Nodes = nodes;

    internal IReadOnlyList<FleetNode> Nodes { get; }

    internal static HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };

    internal static Fleet Start(Options options)
    {
        var ports = Ports.Free(Names.Length * 2);
        var members = Names.Select((name, i) => (Name: name, Http: $"127.0.0.1:{ports[i]}", Raft: $"127.0.0.1:{ports[Names.Length + i]}")).ToArray();
        var fleet = new Fleet([.. members.Select(own => new FleetNode(
            own.Name, new Uri($"http://{own.Http}"), Path.Combine(options.Pins ?? options.Work, own.Name, "table")))]);
        try
        {
            var ready = members.Select((own, i) => fleet.StartNode(options,
            [
                "node", "--name", own.Name, "--data", Path.Combine(options.Work, $"node-{own.Name}"),
                "--http", own.Http, "--raft", own.Raft, "--table", fleet.Nodes[i].Table,
                .. members.Where(other => other != own).SelectMany(static other => new[] { "--peer", $"name={other.Name},raft={other.Raft},http=http://{other.Http}" }),
            ])).ToArray();
            if (!Task.WaitAll(ready, Patience))
                throw new TimeoutException("the nodes did not get ready");
            return fleet;
        }
        catch
        {
            fleet.Dispose();
            throw;
        }
    }

    /// <summary>The name of the node that leads.</summary>
    internal string Leader()
    {
        using var answer = Client.Send(new HttpRequestMessage(HttpMethod.Get, new Uri(Nodes[0].Http, "/api/v1/node")));
        using var status = JsonDocument.Parse(answer.Content.ReadAsStream());
        return status.RootElement.GetProperty("leader").GetString()!;
    }

    /// <summary>Ends a node as a power cut would, and starts it again.</summary>
    internal void KillAndRestart(Options options, FleetNode node)
    {
        var process = _processes.Single(one => !one.HasExited && one.StartInfo.ArgumentList.Contains(node.Name));
        process.Kill();
        process.WaitForExit();
        if (!StartNode(options, _arguments[node.Name]).Wait(Patience))
            throw new TimeoutException($"node {node.Name} did not get ready again");
    }

    /// <summary>Takes a host that ended out of the fabric.</summary>
    internal async Task RemoveAsync(string name)
    {
        using var answer = await Client.DeleteAsync(new Uri(Nodes[0].Http, $"/api/v1/cluster/hosts/{name}"));
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{name} was not taken out of the fabric: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Bytes of memory that a node has resident.</summary>
    internal long ResidentBytes(FleetNode node)
    {
        using var process = Process.GetProcessById(_processes.Single(one => !one.HasExited && one.StartInfo.ArgumentList.Contains(node.Name)).Id);
        return process.WorkingSet64;
    }

    public void Dispose()
    {
        foreach (var process in _processes.Where(static process => !process.HasExited))
            _ = Signal(process.Id, Terminate);
        foreach (var process in _processes)
        {
            if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }

    private Task StartNode(Options options, string[] arguments)
    {
        var log = Path.Combine(options.Work, $"node-{arguments[2]}.log");
        _arguments[arguments[2]] = arguments;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo(Repository.Dist("fabric"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = options.Work,
        };
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith("ready", StringComparison.Ordinal) == true)
                ready.TrySetResult();
        };
        process.ErrorDataReceived += (_, line) => File.AppendAllText(log, $"{line.Data}\n");
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"a node ended: {(File.Exists(log) ? File.ReadAllText(log) : "it said nothing")}"));
        process.Start();
        _processes.Add(process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return ready.Task;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int pid, int signal);
}
