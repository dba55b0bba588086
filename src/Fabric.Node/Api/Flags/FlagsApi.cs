using System.Globalization;
using Fabric.Flags;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Fabric.Node.Reads;
using Fabric.Node.Writes;

namespace Fabric.Node.Api.Flags;

/// <summary>The flags, one by one.</summary>
internal sealed class FlagsApi(ReadFence reads, WriteDesk desk, FlagEdits edits, NodeLimits limits)
{
    public const string Route = "/api/v1/flags";
    private const int DefaultPage = 100;

    public void Map(IEndpointRouteBuilder routes)
    {
        var flags = routes.MapGroup(Route).WithTags("flags");
        flags.MapGet("", ListAsync).Describe("List the flags, ordered by key").Answers<FlagListBody>(200, 400, 503);
        flags.MapGet("/{key}", GetAsync).Describe("Read a flag; its ETag is its revision").Answers<FlagBody>(200, 400, 404, 503);
        flags.MapPut("/{key}", PutAsync).Describe("Create a flag or replace its definition").WaitsForFleet().Takes<FlagBody>(JsonBody.Json)
            .Answers<FlagBody>(200, 400, 412, 413, 415, 422, 429, 503, 504, 507).Produces<FlagBody>(201);
        flags.MapPatch("/{key}", PatchAsync).Describe("Change parts of a definition by JSON merge patch").WaitsForFleet().Takes<RawJson>(JsonBody.MergePatchJson, JsonBody.Json)
            .Answers<FlagBody>(200, 400, 404, 409, 412, 413, 415, 422, 429, 503, 504, 507);
        flags.MapDelete("/{key}", DeleteAsync).Describe("Delete a flag").WaitsForFleet().Answers<DeletedBody>(200, 400, 404, 412, 422, 429, 503, 504);
    }

    private async Task<IResult> ListAsync(HttpContext http, string? limit, string? after, string? consistency, string? minRevision)
    {
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems, "limit", "after", "consistency", "minRevision");
        var query = ReadQuery.Parse(consistency, minRevision, problems);
        var page = ParseLimit(limit, problems);
        if (problems.Count > 0)
            return Refusals.Invalid(problems);

        var (state, refusal) = await reads.ReadAsync(query, http.RequestAborted);
        if (state is null)
            return refusal!;
        Revisions.Stamp(http.Response, state);
        return TypedResults.Json(Page(state.Flags, after, page), ApiJson.Full.FlagListBody);
    }

    private async Task<IResult> GetAsync(HttpContext http, string key, string? consistency, string? minRevision)
    {
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems, "consistency", "minRevision");
        key = PathKey.Read(http, problems);
        var query = ReadQuery.Parse(consistency, minRevision, problems);
        if (problems.Count > 0)
            return Refusals.Invalid(problems);

        var (state, refusal) = await reads.ReadAsync(query, http.RequestAborted);
        if (state is null)
            return refusal!;
        Revisions.Stamp(http.Response, state);
        if (!state.Flags.Flags.TryGetValue(key, out var flag))
            return Refusals.NoFlag(key);
        var tag = Revisions.ToETag(flag.Revision);
        http.Response.Headers.ETag = tag;
        return http.Request.Headers.IfNoneMatch.Any(sent => sent is not null && (sent == "*" || sent.Contains(tag, StringComparison.Ordinal)))
            ? TypedResults.StatusCode(304)
            : Answer(http, flag, 200);
    }

    private async Task<IResult> PutAsync(HttpContext http, string key)
    {
        var problems = new List<Problem>();
        var (request, refusal) = await FlagRequest.ReadAsync(http, limits.BodyBytes, problems, JsonBody.Json);
        using (request)
        {
            var definition = request?.Body is { } body ? DefinitionReader.Read(body.Document.RootElement, request.Key, problems) : null;
            if (request is null || definition is null || problems.Count > 0)
                return refusal ?? Refusals.Invalid(problems);
            if (desk.Check(request.Operation, http.Request, request.Body!.Utf8.Span) is { } reused)
                return reused;
            return request.Condition.Kind == ConditionKind.Present
                ? await edits.EditAsync(http, request, _ => (definition, []))
                : await ReplaceAsync(http, request, definition);
        }
    }

    private async Task<IResult> ReplaceAsync(HttpContext http, FlagRequest request, FlagDefinition definition)
    {
        var put = new Change.Put(request.Key, definition, request.Condition.IfRevision);
        var changes = new ChangeSet(request.Operation.Id, [put], request.Message);
        if (WriteDesk.TooLarge(changes) is { } large)
            return large;
        var result = await desk.WriteAsync(http, changes);
        if (result is WriteResult.Decided { Outcome: ChangeOutcome.Applied applied, Created: var created })
            return Answer(http, new Flag(request.Key, applied.Revision, definition), created.Contains(request.Key) ? 201 : 200);
        return desk.Refusal(result, request.Operation.Id, byHeader: true)!;
    }

    private async Task<IResult> PatchAsync(HttpContext http, string key)
    {
        var problems = new List<Problem>();
        var (request, refusal) = await FlagRequest.ReadAsync(http, limits.BodyBytes, problems, JsonBody.MergePatchJson, JsonBody.Json);
        using (request)
        {
            if (request?.Body is not { } body || problems.Count > 0)
                return refusal ?? Refusals.Invalid(problems);
            if (request.Condition.Kind == ConditionKind.Absent)
                return Refusals.Invalid([new Problem("If-None-Match", "a flag that does not exist has nothing to change; PUT creates one")]);
            return desk.Check(request.Operation, http.Request, body.Utf8.Span)
                ?? await edits.EditAsync(http, request, flag => Merge(flag, body));
        }
    }

    private static (FlagDefinition? Definition, IReadOnlyCollection<Problem> Problems) Merge(Flag flag, JsonBody patch)
    {
        using var target = System.Text.Json.JsonDocument.Parse(flag.Definition.Json);
        var (definition, problems) = DefinitionParser.Parse(MergePatch.Apply(target.RootElement, patch.Document.RootElement));
        return (definition, problems);
    }

    private async Task<IResult> DeleteAsync(HttpContext http, string key)
    {
        var problems = new List<Problem>();
        var (request, _) = await FlagRequest.ReadAsync(http, limits.BodyBytes, problems);
        if (request!.Condition.Kind == ConditionKind.Absent)
            problems.Add(new Problem("If-None-Match", "a flag that does not exist cannot be deleted"));
        if (problems.Count > 0)
            return Refusals.Invalid(problems);
        if (desk.Check(request.Operation, http.Request, []) is { } reused)
            return reused;

        var delete = new Change.Delete(request.Key, request.Condition.IfRevision);
        var result = await desk.WriteAsync(http, new ChangeSet(request.Operation.Id, [delete], request.Message));
        return result is WriteResult.Decided { Outcome: ChangeOutcome.Applied applied }
            ? TypedResults.Json(new DeletedBody(request.Key, applied.Revision), ApiJson.Full.DeletedBody)
            : desk.Refusal(result, request.Operation.Id, byHeader: request.Condition.Kind != ConditionKind.None)!;
    }

    private int ParseLimit(string? limit, List<Problem> problems)
    {
        if (limit is null)
            return DefaultPage;
        if (int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= limits.FlagsPerPage)
            return number;
        problems.Add(new Problem("?limit", $"must be a whole number from 1 to {limits.FlagsPerPage}"));
        return 0;
    }

    private static FlagListBody Page(FlagSet flags, string? after, int limit)
    {
        var page = flags.Flags.Values
            .SkipWhile(flag => after is not null && string.CompareOrdinal(flag.Key, after) <= 0)
            .Take(limit + 1)
            .Select(FlagBody.From)
            .ToList();
        if (page.Count <= limit)
            return new FlagListBody(page, null);
        page.RemoveAt(limit);
        return new FlagListBody(page, page[^1].Key);
    }

    internal static IResult Answer(HttpContext http, Flag flag, int status)
    {
        http.Response.Headers.ETag = Revisions.ToETag(flag.Revision);
        return TypedResults.Json(FlagBody.From(flag), ApiJson.Full.FlagBody, statusCode: status);
    }
}
