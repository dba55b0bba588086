using Fabric.Flags.Hosts;
using Fabric.Node.Hosting;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Membership;

/// <summary>
/// On the leader, where the operator wants it: gives the vote of a voter that has been silent for long to an observer. Only
/// while the other two are in touch, and one at a time: the log allows no second change before the first is through.
/// </summary>
internal sealed class Replacement(
    IConsensus consensus, Succession succession, Standing standing, IReadOnlyList<NodeMember> voters, TimeSpan after, TimeProvider time, Random random, ILogger logger)
    : IAsyncDisposable
{
    /// <summary>Hosts that are asked whether they can have a vote, drawn at random where there are more.</summary>
    private const int Asked = 256;

    private readonly Dictionary<string, long> _silentSince = new(StringComparer.Ordinal);
    private Rounds? _rounds;

    public void Start() => (_rounds = new Rounds("the replacement of a silent voter", TimeSpan.FromMilliseconds(Math.Clamp(after.TotalMilliseconds / 10, 50, 1_000)), RoundAsync, time, logger)).Start();

    public ValueTask DisposeAsync() => _rounds?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Of hosts that can have a vote: one that its operator prefers, and then the one that lacks least of the log.</summary>
    public static StandingWire? Choose(IEnumerable<StandingWire?> hosts) => hosts.OfType<StandingWire>()
        .Where(static host => host is { Votes: false, Raft: not null })
        .OrderByDescending(static host => host.Preferred).ThenByDescending(static host => host.Applied).ThenBy(static host => host.Name, StringComparer.Ordinal)
        .FirstOrDefault();

    private async Task RoundAsync(CancellationToken token)
    {
        if (consensus.Status.Role != MemberRole.Leader || voters.Count != VoterList.Whole)
            _silentSince.Clear();
        else if (await SilentAsync(token) is { } voter)
            await ReplaceAsync(voter, token);
    }

    /// <summary>The voter that was silent for long enough; how long it was so is counted from when this host led.</summary>
    private async Task<string?> SilentAsync(CancellationToken token)
    {
        foreach (var voter in voters.ToArray())
        {
            if (await standing.AskAsync(voter.Name, voter.Http, token) is { Votes: true })
                _silentSince.Remove(voter.Name);
            else
                _silentSince.TryAdd(voter.Name, time.GetTimestamp());
        }

        // With two of them silent nothing can be changed, and neither may be given up for the other.
        return _silentSince.Count == 1 && time.GetElapsedTime(_silentSince.Values.First()) >= after ? _silentSince.Keys.First() : null;
    }

    private async Task ReplaceAsync(string voter, CancellationToken token)
    {
        var hosts = consensus.State.Roster.Hosts.Values.Where(static host => host.Role == HostRole.Observer).ToArray();
        random.Shuffle(hosts);
        if (Choose(await Task.WhenAll(hosts.Take(Asked).Select(host => standing.AskAsync(host.Name, new Uri(host.Http), token)))) is not { } next)
            return;
        Log.Replaces(logger, voter, after, next.Name);
        if (await succession.PromoteAsync(next.Name, voter, token) is { } refusal)
            Log.NotReplaced(logger, voter, refusal.Detail);
        else
            _silentSince.Clear();
    }
}
