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
    private readonly SortedDictionary<string, AttachmentRequest> _wanted = new(StringComparer.Ordinal);

    public const string Route = "/api/v1/attachments";

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup(Route).WithTags("attachments");
        group.MapGet("", List).Describe("The functions of this host that are attached").Answers<AttachmentListBody>(200);
        group.MapPost("", AttachAsync).Describe("Let the table answer for a function").Takes<AttachmentRequestBody>(JsonBody.Json)
            .Answers<AttachmentBody>(200, 400, 413, 415, 422);
        group.MapDelete("", DetachAsync).Describe("Give a function back to itself").Answers<AttachmentBody>(200, 400, 404);
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

    private async Task<IResult> DetachAsync(HttpContext http, string? exe, string? symbol, CancellationToken token)
    {
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems, "exe", "symbol");
        if (string.IsNullOrEmpty(exe))
            problems.Add(new Problem("?exe", "missing: the path of the executable"));
        if (string.IsNullOrEmpty(symbol))
            problems.Add(new Problem("?symbol", "missing: the function's symbol"));
        if (problems.Count > 0)
            return Refusals.Invalid(problems);

        var id = Attachment.IdOf(exe!, symbol!);
        if (door.List().FirstOrDefault(one => one.Id == id) is not { } was || !Change(() => _wanted.Remove(id)))
            return Refusals.NoAttachment(exe!, symbol!);
        await door.SettledAsync(token);
        return Answer(was with { State = AttachmentState.Refused, Reason = "detached" });
    }

    private async Task<IResult> TryAsync(AttachmentRequest request, CancellationToken token)
    {
        var id = Attachment.IdOf(request.Exe, request.Symbol);
        Change(() => (_wanted[id] = request) is not null);
        await door.SettledAsync(token);
        var attachment = door.List().FirstOrDefault(one => one.Id == id);
        if (attachment is { State: AttachmentState.Attached })
            return Answer(attachment);
        Change(() => _wanted.Remove(id));
        return Refusals.NotAttached(attachment?.Reason ?? "no reason was given");
    }

    private bool Change(Func<bool> change)
    {
        lock (_wanted)
        {
            var changed = change();
            door.Want([.. _wanted.Values]);
            return changed;
        }
    }

    private static JsonHttpResult<AttachmentBody> Answer(Attachment attachment) =>
        TypedResults.Json(AttachmentBody.From(attachment), ApiJson.Full.AttachmentBody);
}
