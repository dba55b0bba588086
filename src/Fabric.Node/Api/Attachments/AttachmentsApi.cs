using Fabric.Flags;
using Fabric.Node.Attachments;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fabric.Node.Api.Attachments;

/// <summary>The override door of the host that answers: it is not replicated.</summary>
internal sealed class AttachmentsApi(IAttachments attachments, NodeLimits limits)
{
    public const string Route = "/api/v1/attachments";

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Route).WithTags("attachments");
        group.MapGet("", List).Describe("The functions of this host that are attached").Answers<AttachmentListBody>(200);
        group.MapPost("", AttachAsync).Describe("Let the table answer for a function").Takes<AttachmentRequestBody>(JsonBody.Json)
            .Answers<AttachmentBody>(200, 400, 413, 415, 422);
        group.MapDelete("", Detach).Describe("Give a function back to itself").Answers<AttachmentBody>(200, 400, 404);
    }

    private JsonHttpResult<AttachmentListBody> List() => TypedResults.Json(
        new AttachmentListBody([.. attachments.List().Select(AttachmentBody.From)]), ApiJson.Full.AttachmentListBody);

    private async Task<IResult> AttachAsync(HttpContext http, CancellationToken token)
    {
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems);
        var (body, refusal) = await JsonBody.ReadAsync(http, limits.BodyBytes, problems, JsonBody.Json);
        using (body)
        {
            var attachment = body is null ? null : AttachmentReader.Read(body.Document.RootElement, problems);
            if (attachment is null || problems.Count > 0)
                return refusal ?? Refusals.Invalid(problems);
            // Attaching reads an executable and runs a canary, which must not hold up the threads that answer others.
            var state = await Task.Run(() => attachments.Attach(attachment), token);
            return state.Attached ? Answer(state) : Refusals.NotAttached(state.Reason ?? "no reason was given");
        }
    }

    private IResult Detach(HttpContext http, string? exe, string? symbol)
    {
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems, "exe", "symbol");
        if (string.IsNullOrEmpty(exe))
            problems.Add(new Problem("?exe", "missing: the path of the executable"));
        if (string.IsNullOrEmpty(symbol))
            problems.Add(new Problem("?symbol", "missing: the function's symbol"));
        if (problems.Count > 0)
            return Refusals.Invalid(problems);

        var known = attachments.List().FirstOrDefault(state => state.Attachment.Exe == exe && state.Attachment.Symbol == symbol);
        return known is not null && attachments.Detach(exe!, symbol!)
            ? Answer(known with { Attached = false })
            : Refusals.NoAttachment(exe!, symbol!);
    }

    private static JsonHttpResult<AttachmentBody> Answer(AttachmentState state) =>
        TypedResults.Json(AttachmentBody.From(state), ApiJson.Full.AttachmentBody);
}
