using System.Collections.Immutable;
using Fabric.Flags.Changes;
using Fabric.Raft;
using Fabric.Raft.Observers;

namespace Fabric.Node.Tests.Fakes;

/// <summary>A member of a <see cref="FakeLog"/> whose every answer a test may replace.</summary>
public sealed class FakeConsensus(string name, FakeLog log) : IConsensus
{
    private IAppliedSink? _sink;
    private int _confirmed;

    public FabricState State { get; private set; } = FabricState.Empty;

    public EntryFeed Feed { get; } = new();

    public Task<FabricState?> WriteSnapshotAsync(Stream destination, CancellationToken token) => Task.FromResult<FabricState?>(null);

    public ConsensusStatus Status => new(
        name == log.Leader ? MemberRole.Leader : MemberRole.Follower, 7, log.Leader, log.State.AppliedIndex, State.AppliedIndex, LastContact);

    public DateTimeOffset LastContact { get; set; } = DateTimeOffset.UnixEpoch;

    /// <summary>Answers in the log's place while it gives anything.</summary>
    public Func<ChangeSet, Task<Proposal?>>? Interfere { get; set; }

    /// <summary>The member hears of nothing new while it is set.</summary>
    public bool Deaf { get; set; }

    public bool Disposed { get; private set; }

    public void Listen(IAppliedSink sink) => _sink = sink;

    public Task StartAsync(CancellationToken token)
    {
        log.Join(this);
        State = log.State;
        _sink!.Replaced(State);
        return Task.CompletedTask;
    }

    public void Deliver(FabricState state, ImmutableArray<string> keys)
    {
        if (Deaf)
            return;
        State = state;
        _sink!.Applied(state, keys);
    }

    public async Task<Proposal> ProposeAsync(ChangeSet changes, CancellationToken token)
    {
        if (Interfere is { } interfere && await interfere(changes) is { } instead)
            return instead;
        if (log.Leader != name)
            return new Proposal.NotLeader(log.Leader);
        return new Proposal.Decided(log.Append(changes));
    }

    /// <summary>How often the leadership was confirmed.</summary>
    public int Confirmed => _confirmed;

    public Task<long?> ReadIndexAsync(CancellationToken token)
    {
        Interlocked.Increment(ref _confirmed);
        return Task.FromResult(log.Leader == name ? log.State.AppliedIndex : (long?)null);
    }

    public async Task WaitForAppliedAsync(long index, CancellationToken token)
    {
        while (State.AppliedIndex < index)
            await Task.Delay(5, token);
    }

    public async Task<string> WaitForLeaderAsync(CancellationToken token)
    {
        while (log.Leader is null)
            await Task.Delay(5, token);
        return log.Leader;
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}
