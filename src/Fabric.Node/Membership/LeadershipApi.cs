using Fabric.Node.Api;
using Fabric.Node.Api.Cluster;
using Fabric.Node.Forwarding;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Fabric.Raft;

namespace Fabric.Node.Membership;

/// <summary>Hands leadership to a named voter, or to whichever has most of the log.</summary>
internal sealed class LeadershipApi(
    IConsensus consensus, Standing standing, IReadOnlyList<NodeMember> voters, NodesOnly nodesOnly, HttpClient http, NodeOptions options, TimeProvider time)
{
    private const string Route = $"{ClusterApi.Route}/leader";

    /// <summary>How long the third does not stand for election; the drain and an election take less.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(7);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Route, TransferAsync).WithTags("node").Describe("Hand leadership to another voter").Answers<LeaderChangedBody>(200, 404, 409, 503, 504);
        routes.MapPost(InternalRoutes.StandBack, StandBack).ExcludeFromDescription();
    }

    private async Task<IResult> TransferAsync(HttpContext context, string? to, CancellationToken token)
    {
        if (to is not null && voters.All(voter => voter.Name != to))
            return HostRefusals.NoVoter(to);
        if (consensus.Status.Leader is not { } leader)
            return Refusals.NoLeader("no leader is known");
        if (to == leader)
            return TypedResults.Json(new LeaderChangedBody(leader), ApiJson.Full.LeaderChangedBody);
        if (leader == options.Name && consensus.Member() is { } own)
            return await HandOverAsync(own, to, token);
        // Passed on once: whoever got it from another node leads itself, or it is too late.
        return context.Request.Headers.ContainsKey(NodesOnly.Header) || voters.FirstOrDefault(voter => voter.Name == leader) is not { } at
            ? Refusals.NoLeader($"the leader has changed meanwhile; it is {leader}")
            : await PassOnAsync(at, to, token);
    }

    private async Task<IResult> HandOverAsync(RaftConsensus own, string? to, CancellationToken token)
    {
        var others = voters.Where(voter => voter.Name != options.Name).ToArray();
        var said = await Task.WhenAll(others.Select(voter => standing.AskAsync(voter.Name, voter.Http, token)));
        if (said.OfType<StandingWire>().Where(one => one.Votes && (to is null || one.Name == to)).MaxBy(static one => one.Applied) is not { } next)
            return HostRefusals.NotHandedOver(to is null ? "no other voter answers" : $"{to} does not answer as a voter");
        await Task.WhenAll(others.Where(voter => voter.Name != next.Name).Select(voter => AskAsync(voter.Http, InternalRoutes.StandBack, token)));
        return await own.HandOverAsync(next.Name, Patience, token) switch
        {
            HandOver.Done done when done.Leader == next.Name => TypedResults.Json(new LeaderChangedBody(done.Leader), ApiJson.Full.LeaderChangedBody),
            HandOver.Done done => HostRefusals.NotHandedOver($"{options.Name} leads no more, but {done.Leader} was elected and not {next.Name}"),
            HandOver.Refused refused => HostRefusals.NotHandedOver(refused.Reason),
            var other => throw new InvalidOperationException($"a hand-over cannot come to {other}"),
        };
    }

    private async Task<IResult> PassOnAsync(NodeMember leader, string? to, CancellationToken token)
    {
        using var answer = await AskAsync(leader.Http, to is null ? Route : $"{Route}?to={Uri.EscapeDataString(to)}", token);
        return answer is null
            ? HostRefusals.Unknown($"the answer of {leader.Name} did not arrive")
            : TypedResults.Text(await answer.Content.ReadAsStringAsync(token), answer.Content.Headers.ContentType?.ToString(), null, (int)answer.StatusCode);
    }

    private IResult StandBack(HttpContext context)
    {
        if (!nodesOnly.Admits(context))
            return Refusals.NotAMember();
        _ = consensus.Member()?.StandBackAsync(Apart);
        return TypedResults.NoContent();
    }

    private async Task<HttpResponseMessage?> AskAsync(Uri at, string path, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(path == InternalRoutes.StandBack ? options.PeerTimeout : Patience + options.PeerTimeout * 2, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(at, path));
        request.Headers.Add(NodesOnly.Header, consensus.State.Identity?.Id.ToString("D") ?? "");
        try
        {
            return await http.SendAsync(request, both.Token);
        }
        catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException && !token.IsCancellationRequested)
        {
            return null;
        }
    }
}

/// <summary>Who leads now.</summary>
internal sealed record LeaderChangedBody(string Leader);
