using Fabric.Flags;
using Fabric.Node.Api.Changes;
using Fabric.Node.Feeding;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Fabric.Node.Writes;
using Fabric.Raft;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fabric.Node.Forwarding;

/// <summary>
/// What nodes ask of the leader. Nothing here passes a request on, so none can go in a circle, and everything that
/// arrives is validated again as if a stranger had sent it.
/// </summary>
internal sealed class InternalApi(
    IConsensus consensus, LocalProposer local, WriteGate gate, NodesOnly nodesOnly, SnapshotShelf snapshots, NodeOptions options, TimeProvider time)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(InternalRoutes.Changes, ProposeAsync).ExcludeFromDescription();
        routes.MapPost(InternalRoutes.ReadIndex, ReadIndexAsync).ExcludeFromDescription();
        routes.MapGet(InternalRoutes.Snapshot, SnapshotAsync).ExcludeFromDescription();
    }

    private async Task<IResult> ProposeAsync(HttpContext http, CancellationToken token)
    {
        if (!nodesOnly.Admits(http))
            return Refusals.NotAMember();
        using var place = gate.TryEnter();
        if (place is null)
            return Answer(new WriteResult.Busy());

        var problems = new List<Problem>();
        var operation = Operation.Read(http.Request, problems);
        var (body, refusal) = await JsonBody.ReadAsync(http, options.Limits.BodyBytes, problems, JsonBody.Json);
        using (body)
        {
            var changes = body is null ? null : ChangeSetReader.Read(body.Document.RootElement, operation.Id, problems, forwarded: true);
            if (refusal is not null || problems.Count > 0 || changes is null)
                return refusal ?? Refusals.Invalid(problems);

            using var deadline = new CancellationTokenSource(options.WriteTimeout, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
            return Answer(await local.ProposeAsync(changes, both.Token));
        }
    }

    private async Task<IResult> ReadIndexAsync(HttpContext http, CancellationToken token)
    {
        if (!nodesOnly.Admits(http))
            return Refusals.NotAMember();
        var index = await consensus.ReadIndexAsync(token);
        return TypedResults.Json(new ReadIndexWire(index), ApiJson.Full.ReadIndexWire);
    }

    private async Task<IResult> SnapshotAsync(HttpContext http, CancellationToken token)
    {
        // Whoever joins knows no fabric to name yet, and a backup gives the same to anybody.
        await snapshots.ServeAsync(http, token);
        return Results.Empty;
    }

    private static JsonHttpResult<OutcomeWire> Answer(WriteResult result) =>
        TypedResults.Json(OutcomeMapping.ToWire(result), ApiJson.Full.OutcomeWire);
}
