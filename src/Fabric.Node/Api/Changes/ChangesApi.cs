using Fabric.Flags;
using Fabric.Flags.Changes;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Fabric.Node.Writes;

namespace Fabric.Node.Api.Changes;

/// <summary>Many changes that apply together or not at all.</summary>
internal sealed class ChangesApi(WriteDesk desk, NodeLimits limits)
{
    public const string Route = "/api/v1/changes";

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Route, (Delegate)ApplyAsync).WithTags("changes").Describe("Apply changes together or not at all").WaitsForFleet()
            .Takes<ChangesBody>(JsonBody.Json).Answers<RevisionBody>(200, 400, 404, 409, 413, 415, 422, 429, 503, 504, 507);

    private async Task<IResult> ApplyAsync(HttpContext http)
    {
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems);
        var operation = Operation.Read(http.Request, problems);
        var (body, refusal) = await JsonBody.ReadAsync(http, limits.BodyBytes, problems, JsonBody.Json);
        using (body)
        {
            var changes = body is null ? null : ChangeSetReader.Read(body.Document.RootElement, operation.Id, problems);
            if (body is null || changes is null || problems.Count > 0)
                return refusal ?? Refusals.Invalid(problems);
            return desk.Check(operation, http.Request, body.Utf8.Span) ?? WriteDesk.TooLarge(changes) ?? await ProposeAsync(http, changes);
        }
    }

    private async Task<IResult> ProposeAsync(HttpContext http, ChangeSet changes)
    {
        var result = await desk.WriteAsync(http, changes);
        return result is WriteResult.Decided { Outcome: ChangeOutcome.Applied applied }
            ? TypedResults.Json(new RevisionBody(applied.Revision, PutBy(changes)), ApiJson.Sparse.RevisionBody)
            : desk.Refusal(result, changes.OperationId, byHeader: false)!;
    }

    private static PutFlagBody[]? PutBy(ChangeSet changes)
    {
        var flags = changes.Changes.OfType<Change.Put>()
            .Select(static put => new PutFlagBody(put.Key, put.Definition.EvaluableIn, put.Definition.HttpOnlyBecause)).ToArray();
        return flags.Length == 0 ? null : flags;
    }
}
