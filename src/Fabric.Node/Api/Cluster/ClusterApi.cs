using Fabric.Node.Api.NodeStatus;
using Fabric.Node.Fleet;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Raft;

namespace Fabric.Node.Api.Cluster;

/// <summary>All members side by side, each asked when this is.</summary>
internal sealed class ClusterApi(
    NodeApi self, MemberClient client, FleetWait fleet, IConsensus consensus, NodeOptions options, IReadOnlyList<NodeMember> members, ILogger logger)
{
    public const string Route = "/api/v1/cluster";

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(Route, GetAsync).WithTags("node").Describe("All members, as the answering node sees them").Answers<ClusterBody>(200, 500);

    private async Task<IResult> GetAsync(CancellationToken token)
    {
        var asked = members.OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => AskAsync(member, token));
        var looking = fleet.LookAsync(token);
        var bodies = await Task.WhenAll(asked);
        var diverged = Divergence.Find(bodies);
        foreach (var pair in diverged)
            Log.Diverged(logger, pair);
        var body = new ClusterBody(consensus.Status.Leader, bodies, [.. (await looking).Select(ToBody)], diverged)
        {
            Alarms = [.. from member in bodies from alarm in member.Alarms select new HostAlarmBody(member.Name, alarm.Kind, alarm.Since, alarm.Detail, alarm.Cure)],
        };
        return TypedResults.Json(body, ApiJson.Full.ClusterBody);
    }

    private HostBody ToBody(HostProgress host)
    {
        var listed = consensus.State.Roster.Hosts.GetValueOrDefault(host.Name);
        return new HostBody(
            host.Name, host.Http, members.Any(member => member.Name == host.Name), host.Connected, host.Applied, host.Table,
            host.Heard == default ? null : host.Heard,
            listed?.Identity ?? host.Identity, listed?.Since);
    }

    private async Task<MemberBody> AskAsync(NodeMember member, CancellationToken token)
    {
        var (node, error) = member.Name == options.Name ? (await self.BodyAsync(token), null) : await client.NodeAsync(member, token);
        return new MemberBody
        {
            Name = member.Name,
            Raft = member.Raft.ToString(),
            Http = member.Http.GetLeftPart(UriPartial.Authority),
            Reachable = node is not null,
            Error = error,
            Role = node?.Role,
            Term = node?.Term,
            Ready = node?.Ready,
            CommitRevision = node?.CommitRevision,
            AppliedRevision = node?.AppliedRevision,
            Revision = node?.Revision,
            TableRevision = node?.TableRevision,
            TableDigest = node?.TableDigest,
            TableKind = node?.TableKind,
            StateDigest = node?.StateDigest,
            Alarms = node?.Alarms ?? [],
        };
    }
}
