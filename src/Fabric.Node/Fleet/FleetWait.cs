using System.Collections.Immutable;
using Fabric.Node.Feeding;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Fleet;

/// <summary>
/// Waits until every host's table has a revision. Each voter answers for the hosts that it feeds, as soon as they have it:
/// one question a voter, and one message a host up its way, however many hosts there are.
/// </summary>
internal sealed class FleetWait(NodeOptions options, IConsensus consensus, KnownVoters voters, FleetReach own, FleetClient client, RevisionTimes times, TimeProvider time)
{
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(5);

    /// <summary>What is known when all have it or the time is up. Never says of a host that it has it without having heard so.</summary>
    public async Task<FleetBody> WaitAsync(long revision, TimeSpan wait, CancellationToken token) =>
        Describe(await GatherAsync(revision, wait, token), revision);

    /// <summary>All hosts as they are now, in the order of their names.</summary>
    public Task<IReadOnlyList<HostProgress>> LookAsync(CancellationToken token) => GatherAsync(0, TimeSpan.Zero, token);

    private async Task<IReadOnlyList<HostProgress>> GatherAsync(long revision, TimeSpan wait, CancellationToken token)
    {
        var asked = await Task.WhenAll(voters.Select(async voter => (voter.Name, Hosts: await AskAsync(voter, revision, wait, token))));
        var hosts = new Dictionary<string, HostProgress>(StringComparer.Ordinal);
        foreach (var host in asked.SelectMany(static answer => answer.Hosts ?? []))
        {
            if (!hosts.TryGetValue(host.Name, out var known) || IsBetter(host, known))
                hosts[host.Name] = host;
        }

        foreach (var silent in asked.Where(answer => answer.Hosts is null && !hosts.ContainsKey(answer.Name)))
            hosts[silent.Name] = new HostProgress(silent.Name, "", 0, 0, default, Connected: false);
        AddSilent(hosts);
        return [.. hosts.Values.OrderBy(static host => host.Name, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Whoever belongs to the fabric is named, also where no living host has heard of it; whoever was taken out is not, also
    /// where somebody remembers it.
    /// </summary>
    private void AddSilent(Dictionary<string, HostProgress> hosts)
    {
        var roster = consensus.State.Roster;
        foreach (var host in roster.Hosts.Values.Where(host => !hosts.ContainsKey(host.Name)))
            hosts[host.Name] = new HostProgress(host.Name, host.Http, 0, 0, default, Connected: false, host.Identity);
        foreach (var gone in hosts.Values.Where(host => !host.Connected && host.Identity is { } identity && roster.IsGone(identity)).ToArray())
        {
            if (!roster.Hosts.ContainsKey(gone.Name))
                hosts.Remove(gone.Name);
        }
    }

    private async Task<ImmutableArray<HostProgress>?> AskAsync(NodeMember voter, long revision, TimeSpan wait, CancellationToken token)
    {
        if (voter.Name != options.Name)
            return await client.AskAsync(voter, revision, wait, token);
        using var deadline = new CancellationTokenSource(wait, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        return await own.ReachAsync(revision, both.Token);
    }

    /// <summary>Of two words on a host that moved from one feeder to another, the one who feeds it has the last.</summary>
    private static bool IsBetter(HostProgress one, HostProgress other) =>
        one.Connected != other.Connected ? one.Connected : one.Table != other.Table ? one.Table > other.Table : one.Heard > other.Heard;

    private FleetBody Describe(IReadOnlyList<HostProgress> hosts, long revision)
    {
        var applied = new List<string>();
        var behind = new List<BehindBody>();
        foreach (var host in hosts)
        {
            if (host.Table >= revision)
                applied.Add(host.Name);
            else
                behind.Add(new BehindBody(host.Name, host.Table, times.FirstAfter(host.Table)));
        }

        return new FleetBody(applied, behind);
    }
}
