using Fabric.Flags.Changes;
using Microsoft.Extensions.Logging;

namespace Fabric.Raft.Tests.Harness;

/// <summary>Members of one fabric inside the test's process, each with a folder of its own.</summary>
internal sealed class TestFabric : IAsyncDisposable
{
    private readonly TemporaryDirectory folder = new();
    private readonly Func<RaftOptions, RaftOptions> tune;
    private readonly ILoggerFactory? loggers;
    private readonly IReadOnlyList<Member> members;

    public TestFabric(int count = 3, Func<RaftOptions, RaftOptions>? tune = null, ILoggerFactory? loggers = null)
    {
        this.tune = tune ?? (static options => options);
        this.loggers = loggers;
        members = [.. Ports.Free(count).Select((address, i) => new Member(((char)('a' + i)).ToString(), address))];
    }

    public Dictionary<string, RaftConsensus> Nodes { get; } = [];

    public Dictionary<string, RecordingSink> Sinks { get; } = [];

    /// <summary>Reasons why members would have ended their process.</summary>
    public List<string> Failures { get; } = [];

    public IEnumerable<string> Names => members.Select(static member => member.Name);

    public string DataOf(string name) => folder[name];

    public RaftOptions OptionsOf(string name) => tune(new RaftOptions
    {
        Name = name,
        Members = members,
        DataDirectory = DataOf(name),
        MinFreeBytes = 0,
    });

    /// <summary>Whether members have a sink; it keeps every state there ever was.</summary>
    public bool Records { get; init; } = true;

    public RaftConsensus Create(string name)
    {
        Sinks[name] = new RecordingSink();
        return Nodes[name] = new RaftConsensus(OptionsOf(name), Records ? Sinks[name] : null, loggers, failFast: (reason, cause) =>
        {
            lock (Failures)
                Failures.Add($"{name}: {reason} {cause}");
        });
    }

    public async Task<RaftConsensus> StartAsync(string name)
    {
        var node = Create(name);
        await node.StartAsync(TestContext.Current.CancellationToken);
        return node;
    }

    public async Task StartAllAsync() => await Task.WhenAll(Names.Select(StartAsync).ToArray());

    public async Task StopAsync(string name)
    {
        await Nodes[name].DisposeAsync();
        Nodes.Remove(name);
    }

    public async Task StopAllAsync() => await Task.WhenAll(Nodes.Keys.ToArray().Select(StopAsync));

    public void Wipe(string name) => Directory.Delete(DataOf(name), recursive: true);

    /// <summary>The member that leads and has a majority behind it.</summary>
    public async Task<RaftConsensus> LeaderAsync()
    {
        var end = DateTime.UtcNow + Until.Deadline;
        while (DateTime.UtcNow < end)
        {
            foreach (var node in Nodes.Values.ToArray())
            {
                if (node.Status.Role == MemberRole.Leader && await node.ReadIndexAsync(TestContext.Current.CancellationToken) is not null)
                    return node;
            }

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("No member became a leader.");
    }

    /// <summary>Proposes where the leader is, again and again with the same operation id, until it is decided.</summary>
    public async Task<ChangeOutcome> DecideAsync(ChangeSet changes)
    {
        while (true)
        {
            var leader = await LeaderAsync();
            if (await leader.ProposeAsync(changes, TestContext.Current.CancellationToken) is Proposal.Decided decided)
                return decided.Outcome;
        }
    }

    /// <summary>Waits until every running member has applied the same entries, and gives that state.</summary>
    public async Task<FabricState> ConvergeAsync()
    {
        var leader = await LeaderAsync();
        var index = leader.State.AppliedIndex;
        await Until.True(() => Nodes.Values.All(node => node.State.AppliedIndex >= index), "all members applied what the leader had applied");
        var states = Nodes.Values.Select(static node => node.State).Where(state => state.AppliedIndex == index).ToArray();
        Assert.Single(states.Select(static state => state.Digest).Distinct());
        return states[0];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAllAsync();
        folder.Dispose();
    }
}
