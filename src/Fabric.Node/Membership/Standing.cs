using System.Text.Json;
using Fabric.Flags.Hosts;
using Fabric.Node.Forwarding;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Membership;

/// <summary>Says how this node stands to the fabric, and asks others how they do.</summary>
internal sealed class Standing(IConsensus consensus, Guid identity, NodeOptions options, HttpClient http, TimeProvider time)
{
    public void Map(IEndpointRouteBuilder routes) => routes
        .MapGet(InternalRoutes.Standing, (Guid? identity) => TypedResults.Json(Own(identity), MembershipJson.Default.StandingWire)).ExcludeFromDescription();

    public StandingWire Own(Guid? asking = null)
    {
        var record = VoterRecord.Read(options.DataDirectory);
        var known = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (var (name, recorded) in record ?? new Dictionary<string, Guid?>())
        {
            if (recorded is { } first)
                known[name] = first;
        }

        // What the log says is newer than what was recorded when this voter began.
        foreach (var host in consensus.State.Roster.Hosts.Values.Where(static host => host.Role == HostRole.Voter))
            known[host.Name] = host.Identity;
        return new StandingWire(options.Name, identity, record is not null, consensus.State.Identity?.Id, known, asking is { } asked && consensus.State.Roster.IsGone(asked));
    }

    /// <summary>
    /// The voter that knows that this node's data folder was replaced by another; null where nobody who can be asked does.
    /// </summary>
    public async Task<string?> KnownAsGoneAsync(CancellationToken token)
    {
        var asked = await Task.WhenAll(options.Members.Where(member => member.Name != options.Name).Select(member => AskAsync(member, token)));
        return asked.FirstOrDefault(static other => other is { Gone: true })?.Name;
    }

    /// <summary>Null where the voter cannot be asked.</summary>
    public async Task<StandingWire?> AskAsync(NodeMember voter, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(options.PeerTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        try
        {
            await using var body = await http.GetStreamAsync(new Uri(voter.Http, $"{InternalRoutes.Standing}?identity={identity:D}"), both.Token);
            var standing = await JsonSerializer.DeserializeAsync(body, MembershipJson.Default.StandingWire, both.Token);
            // An address that another node has taken says nothing about this voter.
            return standing?.Name == voter.Name ? standing : null;
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or JsonException or OperationCanceledException && !token.IsCancellationRequested)
        {
            return null;
        }
    }
}
