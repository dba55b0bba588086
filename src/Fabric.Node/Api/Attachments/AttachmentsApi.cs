using Fabric.Bpf.Attach;
using Fabric.Flags;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Fabric.Node.Api.Attachments;

/// <summary>The override door of the host that answers: it is not replicated.</summary>
internal sealed class AttachmentsApi(IOverrideDoor door, NodeLimits limits)
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
        new AttachmentListBody([.. door.List().Select(AttachmentBody.From)]), ApiJson.Full.AttachmentListBody);

    private async Task<IResult> AttachAsync(HttpContext http, CancellationToken token)
    {
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems);
        var (body, refusal) = await JsonBody.ReadAsync(http, limits.BodyBytes, problems, JsonBody.Json);
        using (body)
        {
            var request = body is null ? null : AttachmentReader.Read(body.Document.RootElement, problems);
            if (request is null || problems.Count > 0)
                return refusal ?? Refusals.Invalid(problems);
            return await TryAsync(request, token);
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

        try
        {
            return door.Detach(Attachment.IdOf(exe!, symbol!)) is { } was
                ? Answer(was with { State = AttachmentState.Refused, Reason = "detached" })
                : Refusals.NoAttachment(exe!, symbol!);
        }
        catch (AttachmentsUnusableException unusable)
        {
            return Refusals.NotDetached(unusable.Message);
        }
    }

    private async Task<IResult> TryAsync(AttachmentRequest request, CancellationToken token)
    {
        try
        {
            // Attaching reads an executable, which must not hold up the threads that answer others.
            var attachment = await Task.Run(() => door.Attach(request), token);
            return attachment.State == AttachmentState.Attached
                ? Answer(attachment)
                : Refusals.NotAttached(attachment.Reason ?? "no reason was given");
        }
        catch (AttachmentsUnusableException unusable)
        {
            return Refusals.NotAttached(unusable.Message);
        }
    }

    private static JsonHttpResult<AttachmentBody> Answer(Attachment attachment) =>
        TypedResults.Json(AttachmentBody.From(attachment), ApiJson.Full.AttachmentBody);
}
