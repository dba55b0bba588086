using System.Collections.Concurrent;
using Fabric.Flags;
using Fabric.Node.Api.Cluster;
using Fabric.Node.Fleet;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Fabric.Node.Usage;
using Fabric.Raft;

namespace Fabric.Node.Api.Usage;

/// <summary>What is asked for, by whom, and what nobody asks for.</summary>
internal sealed class UsageApi(
    UsageLoop usage, IConsensus consensus, MemberClient client, FleetWait fleet, NodeOptions options, IReadOnlyList<NodeMember> voters, TimeProvider time)
{
    public const string Route = "/api/v1/usage";
    private const int HostsAtOnce = 32;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(Route, GetAsync).WithTags("usage").Describe("How often flags are asked for, by whom, and which nobody asks for")
            .Answers<UsageBody>(200, 400, 503);

    private async Task<IResult> GetAsync(
        HttpContext http, string? scope, string? flag, string? after, string? limit, string? staleAfter, CancellationToken token)
    {
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems, "scope", "flag", "after", "limit", "staleAfter");
        var query = UsageQuery.Parse(scope, flag, after, limit, staleAfter, problems);
        if (problems.Count > 0)
            return Refusals.Invalid(problems);
        var body = query.Fleet ? await OfFleetAsync(query, token) : await OfHostAsync(query, token);
        return body is null ? Refusals.NotReady("this node's table is not open yet") : TypedResults.Json(body, ApiJson.Full.UsageBody);
    }

    private async Task<UsageBody?> OfHostAsync(UsageQuery query, CancellationToken token) =>
        await usage.ViewAsync(token) is { } view ? HostUsagePage.Of(options.Name, view, consensus.State.Flags, query) : null;

    private async Task<UsageBody?> OfFleetAsync(UsageQuery query, CancellationToken token)
    {
        var answers = new ConcurrentBag<(UsageBody? Page, UsageHostBody Silent)>();
        var bounded = new ParallelOptions { MaxDegreeOfParallelism = HostsAtOnce, CancellationToken = token };
        await Parallel.ForEachAsync(await fleet.LookAsync(token), bounded, async (host, stop) => answers.Add(await AskAsync(host, query, stop)));
        return FleetUsagePage.Of(
            [.. answers.Select(static answer => answer.Page).OfType<UsageBody>()],
            [.. answers.Where(static answer => answer.Page is null).Select(static answer => answer.Silent)], query, time.GetUtcNow());
    }

    private async Task<(UsageBody? Page, UsageHostBody Silent)> AskAsync(HostProgress host, UsageQuery query, CancellationToken token)
    {
        var address = voters.FirstOrDefault(voter => voter.Name == host.Name)?.Http ?? Addresses.ReadBase(host.Http);
        var (page, error) = (host.Name, address) switch
        {
            _ when host.Name == options.Name => (await OfHostAsync(query, token), "its table is not open yet"),
            (_, null) => (null, "its address is not known"),
            var (_, known) => await client.GetAsync(known, Route + query.OfHost(), ApiJson.Full.UsageBody, token),
        };
        return (page, new UsageHostBody(host.Name, Answered: false, error, Since: null, Unattributed: 0, UnreadFiles: 0));
    }
}
