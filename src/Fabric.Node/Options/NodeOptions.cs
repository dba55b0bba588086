using System.Net;
using Fabric.Bpf.Attach;
using Fabric.Node.Ofrep;

namespace Fabric.Node.Options;

/// <summary>How one host takes part in a fabric.</summary>
public sealed record NodeOptions
{
    /// <summary>This node's name, unique in the fabric.</summary>
    public required string Name { get; init; }

    /// <summary>Folder of the log and of snapshots; this node's alone.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where the API listens. Port 0 takes a free one.</summary>
    public required IReadOnlyList<IPEndPoint> Http { get; init; }

    /// <summary>All voters, this node among them. Empty for a node that is a whole fabric by itself.</summary>
    public IReadOnlyList<NodeMember> Members { get; init; } = [];

    /// <summary>Where a node without other members speaks Raft to itself; null takes a free port of the loopback. For a host that joins:
    /// where it speaks Raft once it has got a vote; null for one that never gets one.</summary>
    public IPEndPoint? Raft { get; init; }

    /// <summary>
    /// Hosts of a fabric that may feed this one, which then follows without a vote. Empty for a voter.
    /// </summary>
    public IReadOnlyList<Uri> Join { get; init; } = [];

    /// <summary>
    /// Whoever starts this node vouches that its empty data folder never voted, so that it need not ask the other voters first.
    /// </summary>
    public bool Bootstrap { get; init; }

    /// <summary>
    /// While this node leads: how long a voter is silent before an observer gets its vote. Null never does so by itself.
    /// </summary>
    public TimeSpan? ReplaceAfter { get; init; }

    /// <summary>The base address under which others reach this node's API; null where that is where it listens.</summary>
    public Uri? Advertise { get; init; }

    /// <summary>Where programs find the table; null leaves the choice to what opens it.</summary>
    public string? TablePath { get; init; }

    /// <summary>Where programs count what they ask for, which they must be told by FABRIC_USAGE; null for where they count by themselves.</summary>
    public string? UsageFolder { get; init; }

    /// <summary>Which files' functions this host lets be attached to.</summary>
    public TargetRules Targets { get; init; } = new();

    /// <summary>What rules can ask of this host as <c>host.labels.NAME</c>.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The user that a node becomes that root has started; null stays who it is.</summary>
    public string? User { get; init; }

    /// <summary>What the node may do is left as it was started, rather than brought down to what it needs.</summary>
    public bool KeepCapabilities { get; init; }

    /// <summary>Origins whose pages may evaluate from a browser, such as <c>https://shop.example</c>; <c>*</c> stands for all.</summary>
    public IReadOnlyList<string> OfrepOrigins { get; init; } = [];

    /// <summary>Flags that a new fabric will hold at most; settled by its first leader.</summary>
    public int Capacity { get; init; } = Fabric.Flags.Limits.DefaultCapacity;

    /// <summary>
    /// Bytes that must be free on the log's disk for writes to be taken. Down to a quarter of it, what only deletes or disables
    /// flags still is; below that, nothing is appended.
    /// </summary>
    public long MinFree { get; init; } = 256L << 20;

    /// <summary>Time that a write may take, a change of leader included, before it is answered.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time that a read may wait for the revision it asks for.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time that one attempt at another member may take; the next attempt carries the same operation id.</summary>
    public TimeSpan ForwardTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time that a member may take to say how it is.</summary>
    public TimeSpan PeerTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time that requests in flight have to finish when the node stops.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that a stream of change sets may be silent before it says that it lives, and at which revision.</summary>
    public TimeSpan EventsKeepAlive { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What is accepted at most.</summary>
    public NodeLimits Limits { get; init; } = new();

    /// <summary>Everything that is wrong with the options; empty when a node can start with them.</summary>
    public IEnumerable<OptionProblem> Problems() =>
        [.. OwnProblems(), .. MemberProblems(), .. TimeProblems(), .. Limits.Problems()];

    private IEnumerable<OptionProblem> OwnProblems()
    {
        if (!NodeName.IsSound(Name))
            yield return new OptionProblem("name", Name, NodeName.Range);
        if (string.IsNullOrWhiteSpace(DataDirectory))
            yield return new OptionProblem("data", DataDirectory, "a folder that this node may write to");
        if (Http.Count == 0)
            yield return new OptionProblem("http", null, "an address and a port, such as 127.0.0.1:7401");
        if (User is not null && KeepCapabilities)
            yield return new OptionProblem("user", User, "nobody together with --keep-capabilities: a user that is not root keeps what the node needs");
        if (Capacity is < 1 or > 1_048_576)
            yield return new OptionProblem("capacity", $"{Capacity}", "a whole number from 1 to 1048576");
        if (MinFree is < 1 << 20 or > 1L << 50)
            yield return new OptionProblem("min-free", $"{MinFree}", Sizes.Range);
        foreach (var origin in OfrepOrigins.Where(origin => !OfrepCors.IsSound(origin)))
            yield return new OptionProblem("ofrep-origin", origin, "an origin as browsers send it, such as https://shop.example, or *");
    }

    private IEnumerable<OptionProblem> MemberProblems()
    {
        if (Join.Count > 0 && Members.Count > 0)
            yield return new OptionProblem("join", $"{Join[0]}", "no members or peers beside it: a host that joins does not vote");
        if (Join.Count > 0 && Raft is { Port: 0 })
            yield return new OptionProblem("raft", $"{Raft}", "an address and a port from 1 to 65535: voters must find this host there if it gets a vote");
        if (Members.Count == 0)
            yield break;
        if (Members.Count is not (1 or 3))
            yield return new OptionProblem("members", $"{Members.Count}", "exactly 1 or exactly 3 voters, this node counted");
        if (Members.All(member => member.Name != Name))
            yield return new OptionProblem("name", Name, $"one of the members: {string.Join(", ", Members.Select(member => member.Name))}");
        foreach (var member in Members.Where(member => !NodeName.IsSound(member.Name)))
            yield return new OptionProblem("members", member.Name, NodeName.Range);
        foreach (var twice in Twice(member => member.Name).Concat(Twice(member => $"{member.Raft}")).Concat(Twice(member => $"{member.Http}")))
            yield return new OptionProblem("members", twice, "names, Raft addresses and HTTP addresses that no two members share");
    }

    private IEnumerable<string> Twice(Func<NodeMember, string> part) =>
        Members.GroupBy(part).Where(group => group.Count() > 1).Select(group => group.Key);

    private IEnumerable<OptionProblem> TimeProblems()
    {
        var times = new (string Key, TimeSpan Value)[]
        {
            ("write-timeout", WriteTimeout), ("read-timeout", ReadTimeout), ("forward-timeout", ForwardTimeout),
            ("peer-timeout", PeerTimeout), ("shutdown-timeout", ShutdownTimeout),
            ("events-keep-alive", EventsKeepAlive),
        };
        if (ReplaceAfter is { } after && (after < TimeSpan.FromSeconds(1) || after > TimeSpan.FromDays(1)))
            return [new OptionProblem("replace-after", $"{after}", "a time from 1s to 1440m")];
        return from time in times
               where time.Value < TimeSpan.FromMilliseconds(10) || time.Value > TimeSpan.FromMinutes(10)
               select new OptionProblem(time.Key, $"{time.Value}", "a time from 10ms to 10m");
    }
}
