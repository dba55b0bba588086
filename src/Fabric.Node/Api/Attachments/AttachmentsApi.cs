using Fabric.Flags;
using Fabric.Flags.Attachments;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Fabric.Node.Reads;

namespace Fabric.Node.Api.Attachments;

/// <summary>The functions that the fabric attaches, on every host that has them.</summary>
internal sealed class AttachmentsApi(ReadFence reads, AttachmentWrites writes, HostAttachments host, FleetAttachments fleet, NodeLimits limits)
{
    public const string Route = "/api/v1/attachments";
    public const string BuildsRoute = "/api/v1/builds";

    /// <summary>Has a member answer for its own host, from what it has applied.</summary>
    public const string HostOnly = "scope=host&consistency=local";

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Route).WithTags("attachments");
        group.MapGet("", ListAsync).Describe("The functions that the fabric attaches, and what became of them on each host")
            .Answers<AttachmentListBody>(200, 400, 503);
        foreach (var put in new[] { group.MapPut("", PutAsync), group.MapPost("", PutAsync) })
        {
            put.Describe("Let the table answer for a function").WaitsForFleet().Takes<AttachmentRequestBody>(JsonBody.Json)
                .Answers<AttachmentBody>(200, 400, 409, 412, 413, 415, 422, 429, 503, 504, 507).Produces<AttachmentBody>(201);
        }

        group.MapDelete("/{id}", WithdrawByIdAsync).Describe("Give a function back to itself").WaitsForFleet()
            .Answers<WithdrawnBody>(200, 400, 404, 412, 422, 429, 503, 504);
        group.MapDelete("", WithdrawByNameAsync).Describe("Give a function back to itself, by its file and symbol").WaitsForFleet()
            .Answers<WithdrawnBody>(200, 400, 404, 412, 422, 429, 503, 504);
        routes.MapGet(BuildsRoute, BuildsAsync).WithTags("attachments").Describe("The builds that hosts have met where the fabric attaches")
            .Answers<BuildListBody>(200, 400, 503);
    }

    private async Task<IResult> ListAsync(HttpContext http, string? scope, string? id, string? consistency, string? minRevision, CancellationToken token)
    {
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems, "scope", "id", "consistency", "minRevision");
        if (scope is not (null or "fleet" or "host"))
            problems.Add(new Problem("?scope", "must be fleet or host"));
        if (id is not null && AttachmentId.WhyNot(id) is { } reason)
            problems.Add(new Problem("?id", reason));
        var query = ReadQuery.Parse(consistency, minRevision, problems);
        if (problems.Count > 0)
            return Refusals.Invalid(problems);

        var (state, refusal) = await reads.ReadAsync(query, token);
        if (state is null)
            return refusal!;
        Revisions.Stamp(http.Response, state);
        var list = scope == "host" ? host.All(state, id) : await fleet.AllAsync(state, id, token);
        return TypedResults.Json(new AttachmentListBody(list), ApiJson.Full.AttachmentListBody);
    }

    private async Task<IResult> BuildsAsync(HttpContext http, string? consistency, string? minRevision, CancellationToken token)
    {
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems, "consistency", "minRevision");
        var query = ReadQuery.Parse(consistency, minRevision, problems);
        if (problems.Count > 0)
            return Refusals.Invalid(problems);

        var (state, refusal) = await reads.ReadAsync(query, token);
        if (state is null)
            return refusal!;
        Revisions.Stamp(http.Response, state);
        return TypedResults.Json(new BuildListBody(Builds.Of(await fleet.AllAsync(state, null, token))), ApiJson.Full.BuildListBody);
    }

    private async Task<IResult> PutAsync(HttpContext http, string? timeout)
    {
        var (write, refusal) = await AttachmentWriteReader.ReadPutAsync(http, limits.BodyBytes, timeout);
        return write is null ? refusal! : await writes.PutAsync(http, write);
    }

    private async Task<IResult> WithdrawByIdAsync(HttpContext http, string id, string? message, string? timeout)
    {
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems, "message", "timeout");
        var (write, refusal) = AttachmentWriteReader.ReadWithdraw(http, id, message, timeout, problems);
        return write is null ? refusal! : await writes.WithdrawAsync(http, write);
    }

    private async Task<IResult> WithdrawByNameAsync(HttpContext http, string? exe, string? symbol, string? message, string? timeout)
    {
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems, "exe", "symbol", "message", "timeout");
        if (string.IsNullOrEmpty(exe))
            problems.Add(new Problem("?exe", "missing: the path of the executable"));
        if (string.IsNullOrEmpty(symbol))
            problems.Add(new Problem("?symbol", "missing: the function's symbol"));
        var (write, refusal) = AttachmentWriteReader.ReadWithdraw(http, AttachmentId.Of(exe ?? "", symbol ?? ""), message, timeout, problems);
        return write is null ? refusal! : await writes.WithdrawAsync(http, write);
    }
}
