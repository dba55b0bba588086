using Fabric.Node.Alarms;
using Fabric.Node.Api.Cluster;
using Fabric.Node.Disk;
using Fabric.Node.Forwarding;
using Fabric.Node.Options;
using Fabric.Node.Tables;
using Fabric.Node.Vitals;
using Fabric.Raft;

namespace Fabric.Node.Hosting;

/// <summary>Everything by which a node watches itself and the other voters, and gives alarm.</summary>
internal sealed class Watches : IAsyncDisposable
{
    private readonly Rounds[] _rounds;
    private readonly OwnVitals _own;

    public Watches(NodeOptions options, IReadOnlyList<NodeMember> voters, IConsensus consensus, TableLoop table, HttpClient http, TimeProvider time, ILogger logger)
    {
        Alarms = new AlarmBoard(time, logger);
        State = new StateAlarm(Alarms, time);
        var space = new DiskSpace(options.DataDirectory, options.MinFree, time);
        var votes = options.Join.Count == 0;
        var peers = new PeerVitals(options.Name, votes ? options.Members : [], new MemberClient(http, options.PeerTimeout, time), time);
        _own = new OwnVitals(options.Name, consensus, table, space, new NodesOnly(voters, consensus), time);
        Room = new Room(space, peers, options.Members, consensus);
        var disk = new DiskWatch(space, Room, consensus, options.DataDirectory, Alarms, time);
        var slow = new SlowDiskWatch(options.DataDirectory, Alarms);
        var state = new StateWatch(_own, peers, State, consensus, voters, http, time);
        var bytes = new TableWatch(table, Alarms, time);
        _rounds =
        [
            new("the disk's room", DiskWatch.Interval, disk.RoundAsync, time, logger),
            new("the disk's speed", SlowDiskWatch.Interval, slow.RoundAsync, time, logger),
            new("the table", TableWatch.Interval, bytes.RoundAsync, time, logger),
            new("the state", StateWatch.Interval, votes ? state.RoundAsync : Expire, time, logger),
        ];
    }

    /// <summary>What is wrong on this host right now.</summary>
    public AlarmBoard Alarms { get; }

    /// <summary>The alarm that this host's state differs from others', which also whoever feeds it can find.</summary>
    public StateAlarm State { get; }

    /// <summary>Whether the fabric has room for a write.</summary>
    public Room Room { get; }

    public void Map(IEndpointRouteBuilder routes) => _own.Map(routes);

    public void Start()
    {
        foreach (var round in _rounds)
            round.Start();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var round in _rounds)
            await round.DisposeAsync();
    }

    /// <summary>A host that follows is compared with each entry that it is sent; here its alarm only ends in time.</summary>
    private Task Expire(CancellationToken token)
    {
        State.Expire();
        return Task.CompletedTask;
    }
}
