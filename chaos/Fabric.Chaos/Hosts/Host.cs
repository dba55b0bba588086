using System.Net.Http.Json;
using System.Text.Json;

namespace Fabric.Chaos.Hosts;

/// <summary>One host of the fabric under test: network, disk, control group, BPF file system, and the node as it is shipped.</summary>
internal sealed class Host : IDisposable
{
    // Shorter than clients wait, so that they hear what became of a write rather than nothing.
    private static readonly string[] Timeouts = ["--write-timeout", "1s", "--read-timeout", "1s"];

    // What happened is read from one of them at the end.
    private static readonly string[] Memory = ["--max-events-kept", "1000000", "--max-events-kept-bytes", "1073741824"];

    private readonly string _folder;
    private readonly Freezer _freezer;

    internal Host(HostPlan plan, string run, string folder, Network network, Programs programs, IReadOnlyList<HostPlan> all)
    {
        Plan = plan;
        _folder = Path.Combine(folder, plan.Name);
        Directory.CreateDirectory(_folder);
        Log = Path.Combine(folder, $"log-{plan.Name}.txt");
        Disk = new Disk(Path.Combine(_folder, "disk.img"), Path.Combine(_folder, "disk"));
        _freezer = new Freezer(run, plan.Name);
        Network = network;
        Space = network.SpaceOf(plan);
        Door = new NetworkDoor(Network.FileOf(Space));
        Client = Door.NewClient(TimeSpan.FromSeconds(1));
        Node = new NodeProcess(Space, _freezer, Log, [programs.Node, .. Arguments(all)]);
        Reader = programs.Reader;
    }

    internal HostPlan Plan { get; }

    internal string Name => Plan.Name;

    internal Disk Disk { get; }

    internal Network Network { get; }

    internal NodeProcess Node { get; }

    internal NetworkDoor Door { get; }

    /// <summary>Asks from inside of the host.</summary>
    internal HttpClient Client { get; }

    /// <summary>All that the node has said, over all its lives.</summary>
    internal string Log { get; }

    internal string Data => Path.Combine(_folder, "disk", "data");

    internal string BpfFolder => Path.Combine(_folder, "bpf");

    internal string Table => Path.Combine(BpfFolder, "table");

    private string Space { get; }

    private string Reader { get; }

    private string Usage => Path.Combine(_folder, "usage");

    internal async Task MakeAsync()
    {
        await Disk.MakeAsync();
        Directory.CreateDirectory(BpfFolder);
        await MountBpfAsync();
    }

    internal Task MountBpfAsync() => Shell.RunAsync("mount", "-t", "bpf", "-o", "mode=0755", "bpf", BpfFolder);

    internal Task UnmountBpfAsync() => Shell.RunAsync("umount", "-l", BpfFolder);

    internal void Freeze() => _freezer.Freeze();

    internal void Thaw() => _freezer.Thaw();

    internal async Task KillAsync()
    {
        Node.SignalKill();
        await Node.BuryAsync();
    }

    /// <summary>Starts the node where it does not run.</summary>
    internal void Start()
    {
        if (!Node.Running)
            Node.Start();
    }

    internal async Task RestartAsync(IReadOnlyDictionary<string, string>? environment = null, IReadOnlyList<string>? options = null)
    {
        await KillAsync();
        Node.Start(environment, options);
    }

    /// <summary>What the node says of itself, or null where it does not answer in a second.</summary>
    internal async Task<JsonElement?> StatusAsync()
    {
        try
        {
            return await Client.GetFromJsonAsync<JsonElement>(new Uri(Plan.Url, "/api/v1/node"));
        }
        catch (Exception silent) when (silent is HttpRequestException or JsonException or OperationCanceledException)
        {
            return silent.InnerException is HarnessException own ? throw own : null;
        }
    }

    /// <summary>A program of a user's: it reads the host's table through libflagfabric and notes what it sees.</summary>
    internal string[] Program(string output, IEnumerable<string> flags) => ["env", $"FABRIC_TABLE={Table}", $"FABRIC_USAGE={Usage}", Reader, output, .. flags];

    public void Dispose()
    {
        Client.Dispose();
        Door.Dispose();
    }

    private IEnumerable<string> Arguments(IReadOnlyList<HostPlan> all)
    {
        string[] common = ["node", "--name", Name, "--data", Data, "--http", Plan.Http, "--table", Table, "--usage", Usage, .. Timeouts, .. Memory];
        var voters = all.Where(static host => host.Voter).ToArray();
        return Plan.Voter
            ? [.. common, "--raft", Plan.Raft, .. voters.Where(host => host != Plan).SelectMany(static host => new[] { "--peer", host.Peer })]
            : [.. common, "--join", string.Join(',', voters.Select(static host => host.Url.ToString().TrimEnd('/')))];
    }
}

/// <summary>Where the programs are that a run starts: those that are shipped, and the harness's own.</summary>
/// <param name="Node"><c>fabric</c>, as it is shipped.</param>
/// <param name="Reader">A program with libflagfabric.</param>
/// <param name="Delay">Holds packets back.</param>
internal sealed record Programs(string Node, string Reader, string Delay)
{
    /// <summary>Beside this executable, where <c>build.sh</c> puts them.</summary>
    /// <param name="node">Another build of <c>fabric</c>; null for the one that is there.</param>
    internal static Programs Find(string? node)
    {
        var folder = AppContext.BaseDirectory;
        var found = new Programs(Path.GetFullPath(node ?? Path.Combine(folder, "fabric")), Path.Combine(folder, "chaos", "reader"), Path.Combine(folder, "chaos", "delay"));
        foreach (var file in new[] { found.Node, found.Reader, found.Delay })
        {
            if (!File.Exists(file))
                throw new HarnessException($"{file} is missing; chaos/run.sh builds it");
        }

        return found;
    }
}
