using Fabric.Flags.Changes;
using Fabric.Node.Api;
using Fabric.Node.Api.Cluster;
using Fabric.Node.Json;
using Fabric.Node.Problems;
using Fabric.Node.Writes;
using Fabric.Raft;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fabric.Node.Membership;

/// <summary>Takes hosts out of the fabric, and gives a vote to another host or to a voter's new data folder.</summary>
internal sealed class HostsApi(IConsensus consensus, HostWriter writer, Succession succession)
{
    private const string Route = $"{ClusterApi.Route}/hosts/{{name}}";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDelete(Route, RemoveAsync).WithTags("node").Describe("Take a host that does not vote out of the fabric")
            .Answers<HostChangedBody>(200, 404, 409, 503, 504);
        routes.MapPost($"{Route}/replace", ReplaceAsync).WithTags("node").Describe("Give a voter's vote to its new, empty data folder")
            .Answers<HostChangedBody>(200, 404, 409, 503, 504);
        routes.MapPost($"{Route}/promote", PromoteAsync).WithTags("node").Describe("Give an observer the vote of a voter")
            .Answers<HostChangedBody>(200, 404, 409, 503, 504);
    }

    private async Task<IResult> RemoveAsync(string name, CancellationToken token) => await writer.WriteAsync([new HostChange.Remove(name)], token) switch
    {
        WriteResult.Decided { Outcome: ChangeOutcome.Applied applied } => Changed(name, applied.Revision),
        WriteResult.Decided { Outcome: ChangeOutcome.NotFound } => HostRefusals.NoHost(name),
        WriteResult.Decided { Outcome: ChangeOutcome.Refused refused } => HostRefusals.NotChanged(refused.Key, refused.Reason),
        WriteResult.Unknown unknown => HostRefusals.Unknown(unknown.Reason),
        WriteResult.NoLeader other => Refusals.NoLeader(other.Reason),
        WriteResult.Refused refused => Refusals.Refused(refused.Reason),
        var other => throw new InvalidOperationException($"a change of a host cannot come to {other}"),
    };

    private async Task<IResult> ReplaceAsync(string name, CancellationToken token) => Given(name, await succession.ReplaceAsync(name, token));

    private async Task<IResult> PromoteAsync(string name, string? replaces, CancellationToken token) =>
        Given(name, await succession.PromoteAsync(name, replaces, token));

    private IResult Given(string name, Refusal? refusal) => (IResult?)refusal ?? Changed(name, consensus.State.Roster.Voters?.Since ?? 0);

    private static JsonHttpResult<HostChangedBody> Changed(string name, long revision) => TypedResults.Json(new HostChangedBody(name, revision), ApiJson.Full.HostChangedBody);
}

/// <summary>A host that was taken out, or that got a vote.</summary>
internal sealed record HostChangedBody(string Name, long Revision);
