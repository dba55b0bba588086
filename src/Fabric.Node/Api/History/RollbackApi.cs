using Fabric.Flags;
using Fabric.Flags.Changes;
using Fabric.Flags.State;
using Fabric.Node.Api.Flags;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Fabric.Node.Reads;
using Fabric.Node.Writes;
using Fabric.Raft;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fabric.Node.Api.History;

/// <summary>
/// Goes back to what was, by a new change. What is to be changed is read first, and the change requires that it still is so:
/// who writes meanwhile costs another try and is never overwritten unseen.
/// </summary>
internal sealed class RollbackApi(ReadFence reads, WriteDesk desk, NodeLimits limits)
{
    public const string Route = "/api/v1/rollback";
    private const string After = "/rollback";
    private const int MaxTries = 6;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost($"{FlagsApi.Route}/{{key}}{After}", FlagAsync).WithTags("history")
            .Describe("Take a flag back to what it was at a revision, by a new change; a flag that did not exist then is deleted").WaitsForFleet()
            .Takes<FlagRollbackRequestBody>(JsonBody.Json).Answers<FlagBody>(200, 400, 404, 409, 410, 412, 413, 415, 422, 429, 503, 504, 507);
        routes.MapPost(Route, (Delegate)FabricAsync).WithTags("history")
            .Describe("Take all flags back to what they were at a revision, or those of one change set to what they were before it, by one change set").WaitsForFleet()
            .Takes<RollbackRequestBody>(JsonBody.Json).Answers<RollbackBody>(200, 400, 404, 409, 410, 413, 415, 422, 429, 503, 504, 507);
    }

    private async Task<IResult> FlagAsync(HttpContext http, string key)
    {
        var problems = new List<Problem>();
        key = PathKey.Read(http, problems, After);
        var condition = Precondition.Read(http.Request, problems);
        var (request, operation, refusal) = await ReadAsync(http, problems);
        if (request is null)
            return refusal!;
        for (var number = 0; number < MaxTries; number++)
        {
            var (state, unread) = await StateAsync(http);
            if (state is null)
                return unread!;
            var flag = state.Flags.Flags.GetValueOrDefault(key);
            // A client's own retry may have changed the revision itself: then the log knows the outcome, and is asked.
            if (!Meets(condition, flag) && !operation.FromClient)
                return Refusals.Precondition(key, flag?.Revision ?? 0);
            var (plan, obstacle) = RollbackPlan.OfFlag(state, key, request.ToRevision);
            if (plan is null)
                return obstacle!;
            if (plan.Changes.IsEmpty)
                return Refusals.NoFlag(key);

            var change = plan.Changes[0] with { IfRevision = condition.IfRevision ?? plan.Changes[0].IfRevision };
            var changes = new ChangeSet(operation.ForTry(number), [change], request.Message);
            var result = await desk.WriteAsync(http, changes);
            if (result is WriteResult.Decided { Outcome: ChangeOutcome.Applied applied })
                return Answer(http, change, applied.Revision);
            if (result is not WriteResult.Decided { Outcome: ChangeOutcome.Conflict } || condition.Kind is ConditionKind.At or ConditionKind.Absent)
                return desk.Refusal(result, operation.Id, byHeader: true)!;
        }

        return Refusals.Busy(key);
    }

    private async Task<IResult> FabricAsync(HttpContext http)
    {
        var (request, operation, refusal) = await ReadAsync(http, [], "changeSet", "dryRun");
        if (request is null)
            return refusal!;
        for (var number = 0; number < MaxTries; number++)
        {
            var (state, unread) = await StateAsync(http);
            if (state is null)
                return unread!;
            var (plan, obstacle) = RollbackPlan.Of(state, request);
            if (plan is null)
                return obstacle!;
            if (plan.Changes.IsEmpty)
                return Answer(state.Flags.Revision, request, plan);
            var changes = new ChangeSet(operation.ForTry(number), plan.Changes, request.Message);
            if (plan.Changes.Length > Limits.ChangesPerSet || WriteDesk.TooLarge(changes) is not null)
                return Refusals.RollbackTooLarge(plan.Changes.Length, plan.Changes.Sum(WriteDesk.BytesOf));
            if (request.DryRun)
                return Answer(null, request, plan);

            var result = await desk.WriteAsync(http, changes);
            if (result is WriteResult.Decided { Outcome: ChangeOutcome.Applied applied })
                return Answer(applied.Revision, request, plan);
            if (result is not WriteResult.Decided { Outcome: ChangeOutcome.Conflict })
                return desk.Refusal(result, operation.Id, byHeader: false)!;
        }

        return Refusals.Busy("*") with { Key = null, Detail = "flags were changed by others at every attempt; try again" };
    }

    /// <summary>What is asked for, or why it is refused.</summary>
    private async Task<(RollbackRequest? Request, Operation Operation, Refusal? Refusal)> ReadAsync(
        HttpContext http, List<Problem> problems, params string[] fields)
    {
        QueryNames.Check(http.Request, problems);
        var operation = Operation.Read(http.Request, problems);
        var (body, refusal) = await JsonBody.ReadAsync(http, limits.BodyBytes, problems, JsonBody.Json);
        using (body)
        {
            var request = body is null ? null : RollbackRequest.Read(body.Document.RootElement, problems, fields);
            if (request is null || problems.Count > 0)
                return (null, operation, refusal ?? Refusals.Invalid(problems));
            return desk.Check(operation, http.Request, body!.Utf8.Span) is { } reused ? (null, operation, reused) : (request, operation, null);
        }
    }

    private async Task<(FabricState? State, Refusal? Refusal)> StateAsync(HttpContext http)
    {
        var (state, refusal) = await reads.ReadAsync(new ReadQuery(Linearizable: true, MinRevision: 0), http.RequestAborted);
        return (state, state is null ? refusal! with { Kind = "no-leader", Detail = $"{refusal.Detail}; nothing was applied" } : null);
    }

    private static bool Meets(Precondition condition, Flag? flag) => condition.Kind switch
    {
        ConditionKind.At => flag?.Revision == condition.Revision,
        ConditionKind.Present => flag is not null,
        ConditionKind.Absent => flag is null,
        _ => true,
    };

    private static IResult Answer(HttpContext http, Change change, long revision) => change is Change.Put put
        ? FlagsApi.Answer(http, new Flag(put.Key, revision, put.Definition), 200)
        : TypedResults.Json(new DeletedBody(change.Key, revision), ApiJson.Full.DeletedBody);

    private static JsonHttpResult<RollbackBody> Answer(long? revision, RollbackRequest request, RollbackPlan plan) =>
        TypedResults.Json(new RollbackBody(request.DryRun ? null : revision, request.ToRevision, request.DryRun, plan.Flags), ApiJson.Full.RollbackBody);
}
