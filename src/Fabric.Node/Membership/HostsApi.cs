using Fabric.Flags.Changes;
using Fabric.Flags.Hosts;
using Fabric.Node.Api;
using Fabric.Node.Api.Cluster;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Fabric.Node.Writes;
using Fabric.Raft;

namespace Fabric.Node.Membership;

/// <summary>Takes hosts out of the fabric, and gives a voter's vote to its new data folder.</summary>
internal sealed class HostsApi(IConsensus consensus, HostWriter writer, Standing standing, IReadOnlyList<NodeMember> voters)
{
    private const string Route = $"{ClusterApi.Route}/hosts/{{name}}";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDelete(Route, RemoveAsync).WithTags("node").Describe("Take a host that does not vote out of the fabric")
            .Answers<HostChangedBody>(200, 404, 409, 503, 504);
        routes.MapPost($"{Route}/replace", ReplaceAsync).WithTags("node").Describe("Give a voter's vote to its new, empty data folder")
            .Answers<HostChangedBody>(200, 404, 409, 503, 504);
    }

    private async Task<IResult> RemoveAsync(string name, CancellationToken token) => await WriteAsync(new HostChange.Remove(name), token);

    private async Task<IResult> ReplaceAsync(string name, CancellationToken token)
    {
        if (consensus.State.Roster.Hosts.GetValueOrDefault(name) is not { Role: HostRole.Voter } host || voters.FirstOrDefault(voter => voter.Name == name) is not { } voter)
            return HostRefusals.NoVoter(name);
        if (await standing.AskAsync(voter, token) is not { } now)
            return HostRefusals.NotReplaced(name, $"{voter.Http.GetLeftPart(UriPartial.Authority)} does not answer; start it with an empty data folder first");
        // While it votes, or may come back as what it was, taking its vote away would let two have it.
        return now.Votes || now.Identity == host.Identity
            ? HostRefusals.NotReplaced(name, "it has the data folder that its vote belongs to, so there is nothing to replace")
            : await WriteAsync(new HostChange.Replace(name, host.Identity, now.Identity), token);
    }

    private async Task<IResult> WriteAsync(HostChange change, CancellationToken token) => await writer.WriteAsync([change], token) switch
    {
        WriteResult.Decided { Outcome: ChangeOutcome.Applied applied } =>
            TypedResults.Json(new HostChangedBody(change.Name, applied.Revision), ApiJson.Full.HostChangedBody),
        WriteResult.Decided { Outcome: ChangeOutcome.NotFound } => HostRefusals.NoHost(change.Name),
        WriteResult.Decided { Outcome: ChangeOutcome.Refused refused } => HostRefusals.NotChanged(refused.Key, refused.Reason),
        WriteResult.Unknown unknown => HostRefusals.Unknown(unknown.Reason),
        WriteResult.NoLeader other => Refusals.NoLeader(other.Reason),
        WriteResult.Refused refused => Refusals.Refused(refused.Reason),
        var other => throw new InvalidOperationException($"a change of a host cannot come to {other}"),
    };
}

/// <summary>A host that was taken out or replaced.</summary>
internal sealed record HostChangedBody(string Name, long Revision);
