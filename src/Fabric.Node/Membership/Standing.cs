using System.Text.Json;
using Fabric.Flags.Hosts;
using Fabric.Node.Forwarding;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Membership;

/// <summary>Says how this node stands to the fabric, and asks others how they do.</summary>
internal sealed class Standing(
    IConsensus consensus, Guid identity, IReadOnlyList<NodeMember> voters, NodeOptions options, HttpClient http, TimeProvider time)
{
    /// <summary>The label by which a host is preferred as a voter.</summary>
    public const string PreferredLabel = "candidate";

    public void Map(IEndpointRouteBuilder routes) => routes
        .MapGet(InternalRoutes.Standing, (Guid? identity) => TypedResults.Json(Own(identity), MembershipJson.Default.StandingWire)).ExcludeFromDescription();

    public StandingWire Own(Guid? asking = null)
    {
        var record = VoterRecord.Read(options.DataDirectory);
        var seated = VoterRecord.Seated(options.DataDirectory);
        var roster = consensus.State.Roster;
        return new StandingWire(
            options.Name, identity, record is not null, consensus.State.Identity?.Id, Known(record, seated, roster), asking is { } asked && roster.IsGone(asked))
        {
            VotersSince = record is null ? roster.Voters?.Since ?? 0 : consensus.Member()?.VotersSince ?? seated?.Since ?? 0,
            Raft = (voters.FirstOrDefault(voter => voter.Name == options.Name)?.Raft ?? options.Raft)?.ToString(),
            Applied = consensus.State.AppliedIndex,
            Preferred = options.Labels.ContainsKey(PreferredLabel),
        };
    }

    /// <summary>
    /// Asks the other voters until one of them answers that votes. It knows where this folder's vote was given to another:
    /// that is done only when both others have it on their disks.
    /// </summary>
    /// <returns>Whoever says that it was; null where it was not, or where <paramref name="once"/> and nobody can be asked.</returns>
    public async Task<(string? DeniedBy, bool Heard)> HearAsync(bool once, CancellationToken token)
    {
        var since = VoterRecord.Seated(options.DataDirectory)?.Since ?? 0;
        while (true)
        {
            var said = await Task.WhenAll(voters.Where(voter => voter.Name != options.Name).Select(voter => AskAsync(voter.Name, voter.Http, token)));
            var denies = said.FirstOrDefault(other => other?.Denies(options.Name, identity, since) == true);
            var heard = said.Any(static other => other is { Votes: true });
            if (denies is not null || heard || once)
                return (denies?.Name, heard);
            await Task.Delay(options.PeerTimeout, time, token);
        }
    }

    /// <summary>Null where the host cannot be asked.</summary>
    public async Task<StandingWire?> AskAsync(string name, Uri at, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(options.PeerTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        try
        {
            await using var body = await http.GetStreamAsync(new Uri(at, $"{InternalRoutes.Standing}?identity={identity:D}"), both.Token);
            var standing = await JsonSerializer.DeserializeAsync(body, MembershipJson.Default.StandingWire, both.Token);
            // An address that another node has taken says nothing about this one.
            return standing?.Name == name ? standing : null;
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or JsonException or OperationCanceledException && !token.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>What the log says is newer than what is on the disk, and that newer than what was recorded when this voter began.</summary>
    private static Dictionary<string, Guid> Known(IReadOnlyDictionary<string, Guid?>? record, VoterList? seated, HostRoster roster)
    {
        var known = new Dictionary<string, Guid>(StringComparer.Ordinal);
        if ((roster.Voters?.Since ?? 0) < (seated?.Since ?? 0))
        {
            foreach (var seat in seated!.Seats)
                known[seat.Name] = seat.Identity;
            return known;
        }

        foreach (var (name, recorded) in record ?? new Dictionary<string, Guid?>())
        {
            if (roster.Voters is null && recorded is { } first)
                known[name] = first;
        }

        foreach (var host in roster.Hosts.Values.Where(static host => host.Role == HostRole.Voter))
            known[host.Name] = host.Identity;
        return known;
    }
}
