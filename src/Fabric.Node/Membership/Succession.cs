using System.Collections.Immutable;
using Fabric.Flags.Changes;
using Fabric.Flags.Hosts;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Fabric.Node.Writes;
using Fabric.Raft;

namespace Fabric.Node.Membership;

/// <summary>Gives the vote of one of three voters to another host, or to its own new data folder.</summary>
internal sealed class Succession(IConsensus consensus, HostWriter writer, Standing standing, IReadOnlyList<NodeMember> voters, TimeProvider time)
{
    /// <summary>Entries that a host may lack to get a vote: so many are fed in no time.</summary>
    private const long NearEnough = 2_000;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private HostRoster Roster => consensus.State.Roster;

    /// <summary>Gives a voter's vote to its new, empty data folder.</summary>
    /// <returns>Null when that has the vote.</returns>
    public async Task<Refusal?> ReplaceAsync(string name, CancellationToken token)
    {
        if (Roster.Hosts.GetValueOrDefault(name) is not { Role: HostRole.Voter } host || voters.FirstOrDefault(voter => voter.Name == name) is not { } voter)
            return HostRefusals.NoVoter(name);
        if (await standing.AskAsync(name, voter.Http, token) is not { } now)
            return HostRefusals.NotReplaced(name, $"{voter.Http.GetLeftPart(UriPartial.Authority)} does not answer; start it with an empty data folder first");
        // While it votes, or may come back as what it was, taking its vote away would let two have it.
        return now.Votes || now.Identity == host.Identity
            ? HostRefusals.NotReplaced(name, "it has the data folder that its vote belongs to, so there is nothing to replace")
            : await GiveAsync(name, new VoterSeat(name, voter.Raft.ToString(), BaseOf(voter.Http), now.Identity), token);
    }

    /// <summary>Gives an observer the vote of a voter.</summary>
    /// <param name="name">The observer.</param>
    /// <param name="from">The voter; null for the one that does not answer.</param>
    /// <param name="token">Ends the wait, not the change.</param>
    /// <returns>Null when the observer has it.</returns>
    public async Task<Refusal?> PromoteAsync(string name, string? from, CancellationToken token)
    {
        if (Roster.Hosts.GetValueOrDefault(name) is not { } host)
            return HostRefusals.NoHost(name);
        if (host.Role == HostRole.Voter)
            return HostRefusals.NotPromoted(name, "it votes already");
        if (voters.Count < VoterList.Whole - 1)
            return HostRefusals.NotPromoted(name, "this fabric has one voter, and two could not go on without each other; three begin anew from a backup: docs/cluster.md");
        var said = await AskVotersAsync(token);
        var silent = said.Where(static one => one.Value is null).Select(static one => one.Key).ToArray();
        if ((from ?? (silent.Length == 1 ? silent[0] : null)) is not { } loses)
            return HostRefusals.NotPromoted(name, "there are three voters, always: name the one whose vote it is to have (--replaces NAME)");
        if (!said.ContainsKey(loses))
            return HostRefusals.NoVoter(loses);
        var next = await standing.AskAsync(name, new Uri(host.Http), token);
        return WhyNot(host, next, said) is { } reason
            ? HostRefusals.NotPromoted(name, reason)
            : await GiveAsync(loses, new VoterSeat(name, next!.Raft!, host.Http, next.Identity), token);
    }

    private static string? WhyNot(RosterHost host, StandingWire? next, Dictionary<string, StandingWire?> voters) => next switch
    {
        null => $"{host.Http} does not answer",
        { Raft: null } => "it has no address for votes: start it with --raft ADDRESS:PORT",
        _ when next.Votes || next.Identity != host.Identity => "it is not the host that the fabric knows by that name",
        _ when voters.Values.Max(static voter => voter?.Applied ?? 0) - next.Applied > NearEnough => "it is too far behind; try again when it has caught up",
        _ => null,
    };

    private async Task<Refusal?> GiveAsync(string loses, VoterSeat next, CancellationToken token)
    {
        var roster = Roster;
        if (roster.Hosts.GetValueOrDefault(loses) is not { Role: HostRole.Voter } loser)
            return HostRefusals.NoVoter(loses);
        var others = roster.Voters?.Seats.Where(seat => seat.Name != loses).ToImmutableArray() ?? Begun(roster, loses);
        var said = await AskVotersAsync(token);
        // One that was just ended may still be taken for the leader.
        if (consensus.Status.Leader == loses && said.GetValueOrDefault(loses) is { Votes: true })
            return HostRefusals.NotPromoted(next.Name, $"{loses} leads; hand that over first: `fabric cluster transfer-leader`");
        if (others.FirstOrDefault(seat => said.GetValueOrDefault(seat.Name) is not { Votes: true } one || one.Identity != seat.Identity) is { } missing)
            return HostRefusals.NotPromoted(next.Name, $"{missing.Name} does not answer as a voter, and while a vote changes hands both others are needed for every write");
        return await writer.WriteAsync([new HostChange.Unseat(loses, loser.Identity, others, next)], token) switch
        {
            WriteResult.Decided { Outcome: ChangeOutcome.Applied } => await SeatedAsync(next, token),
            WriteResult.Decided { Outcome: ChangeOutcome.Refused refused } => HostRefusals.NotChanged(refused.Key, refused.Reason),
            WriteResult.Unknown unknown => HostRefusals.Unknown(unknown.Reason),
            WriteResult.NoLeader other => Refusals.NoLeader(other.Reason),
            WriteResult.Refused refused => Refusals.Refused(refused.Reason),
            var other => throw new InvalidOperationException($"a change of voters cannot come to {other}"),
        };
    }

    private ImmutableArray<VoterSeat> Begun(HostRoster roster, string loses) =>
    [
        .. from voter in voters
           where voter.Name != loses && roster.Hosts.ContainsKey(voter.Name)
           select new VoterSeat(voter.Name, voter.Raft.ToString(), BaseOf(voter.Http), roster.Hosts[voter.Name].Identity),
    ];

    private async Task<Refusal?> SeatedAsync(VoterSeat next, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(Settling, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        try
        {
            while (Roster.Voters is not { Awaits: null } list || !list.Seats.Contains(next))
                await Task.Delay(Interval, time, both.Token);
            return null;
        }
        catch (OperationCanceledException)
        {
            return HostRefusals.Unknown($"{next.Name} is to have the vote, and gets it when both other voters have heard of it");
        }
    }

    private async Task<Dictionary<string, StandingWire?>> AskVotersAsync(CancellationToken token)
    {
        var asked = voters.ToArray();
        var said = await Task.WhenAll(asked.Select(voter => standing.AskAsync(voter.Name, voter.Http, token)));
        return asked.Zip(said).ToDictionary(static pair => pair.First.Name, static pair => pair.Second);
    }

    private static string BaseOf(Uri http) => http.GetLeftPart(UriPartial.Authority);
}
