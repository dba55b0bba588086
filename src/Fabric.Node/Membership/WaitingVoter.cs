using Fabric.Flags.Changes;
using Fabric.Flags.Hosts;
using Fabric.Raft;
using Fabric.Raft.Observers;

namespace Fabric.Node.Membership;

/// <summary>
/// A host whose data folder has never voted and that may get a vote: it follows until it has one, and then goes on as a voter
/// from where it is. What programs see goes on without a break.
/// </summary>
internal sealed class WaitingVoter(ObserverReplica replica, Func<VoterList?, RaftConsensus> open) : IConsensus
{
    private readonly TaskCompletionSource _switched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IConsensus _now = replica;
    private volatile RaftConsensus? _votes;
    private RaftConsensus? _opened;

    /// <summary>What follows while this host waits.</summary>
    public ObserverReplica Replica => replica;

    /// <summary>Called when this host lives by other voters than before, once it votes.</summary>
    public Action<VoterList>? VotersChanged { get; set; }

    /// <summary>What votes; null while this host waits.</summary>
    public RaftConsensus? Votes => _votes;

    public FabricState State => _now.State;

    public EntryFeed Feed => _now.Feed;

    public ConsensusStatus Status => _now.Status;

    public Task StartAsync(CancellationToken token) => replica.StartAsync(token);

    /// <summary>Begins to vote. Nobody may feed the replica any more.</summary>
    /// <param name="voters">The identities of the voters, as far as they are known.</param>
    /// <param name="beforeStart">Called when the folder is the voter's, before it takes part.</param>
    /// <param name="token">Ends the wait for the log's start.</param>
    public async Task VoteAsync(IReadOnlyDictionary<string, Guid> voters, Func<RaftConsensus, Task> beforeStart, CancellationToken token)
    {
        await replica.SealAsync();
        await replica.DisposeAsync();
        var seated = replica.State.Roster.Voters;
        var raft = open(seated);
        _opened = raft;
        if (seated is not null)
            VotersChanged?.Invoke(seated);
        raft.VotersChanged = VotersChanged;
        raft.Begin(voters, seated);
        await beforeStart(raft);
        await raft.StartAsync(token);
        _now = raft;
        _votes = raft;
        _switched.SetResult();
    }

    public Task<Proposal> ProposeAsync(ChangeSet changes, CancellationToken token) => _now.ProposeAsync(changes, token);

    public Task<long?> ReadIndexAsync(CancellationToken token) => _now.ReadIndexAsync(token);

    public Task<bool> HandOverAsync(TimeSpan patience, CancellationToken token) => _now.HandOverAsync(patience, token);

    public Task<string?> RebuildAsync(Stream snapshot, CancellationToken token) => _now.RebuildAsync(snapshot, token);

    public Task WaitForAppliedAsync(long index, CancellationToken token) => OverTheSwitchAsync(now => now.WaitForAppliedAsync(index, token));

    public Task<FabricState?> WriteSnapshotAsync(Stream destination, CancellationToken token) => _now.WriteSnapshotAsync(destination, token);

    public async Task<string> WaitForLeaderAsync(CancellationToken token)
    {
        Task<string>? leader = null;
        await OverTheSwitchAsync(now => leader = now.WaitForLeaderAsync(token));
        return await leader!;
    }

    public async ValueTask DisposeAsync()
    {
        await replica.DisposeAsync();
        if (_opened is { } raft)
            await raft.DisposeAsync();
    }

    /// <summary>Waits for something at the replica, and anew at the voter where the switch comes in between.</summary>
    private async Task OverTheSwitchAsync(Func<IConsensus, Task> wait)
    {
        var now = _now;
        var first = wait(now);
        if (now != replica || await Task.WhenAny(first, _switched.Task) == first)
            await first;
        else
            await wait(_votes!);
    }
}
