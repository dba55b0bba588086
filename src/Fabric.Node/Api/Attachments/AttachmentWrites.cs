using System.Collections.Immutable;
using Fabric.Flags.Attachments;
using Fabric.Flags.Changes;
using Fabric.Node.Api.Flags;
using Fabric.Node.Json;
using Fabric.Node.Problems;
using Fabric.Node.Reads;
using Fabric.Node.Writes;

namespace Fabric.Node.Api.Attachments;

/// <summary>Brings writes of attachments into the log, and answers with what became of them on this host.</summary>
internal sealed class AttachmentWrites(ReadFence reads, WriteDesk desk, HostAttachments host)
{
    private const int MaxTries = 6;

    public async Task<IResult> PutAsync(HttpContext http, AttachmentWrite write)
    {
        var (applied, created, refusal) = await WriteAsync(http, write, ifRevision => new AttachmentChange.Put(write.Put!, ifRevision));
        if (applied is null)
            return refusal!;
        await host.SettledAsync(applied.Revision, write.Wait, http.RequestAborted);
        var wanted = new WantedAttachment(write.Put!, applied.Revision);
        http.Response.Headers.ETag = Revisions.ToETag(applied.Revision);
        var isNew = created.Contains(AttachmentId.Subject(write.Id));
        return TypedResults.Json(AttachmentBody.From(wanted, [host.Here(wanted)]), ApiJson.Full.AttachmentBody, statusCode: isNew ? 201 : 200);
    }

    public async Task<IResult> WithdrawAsync(HttpContext http, AttachmentWrite write)
    {
        var (applied, _, refusal) = await WriteAsync(http, write, ifRevision => new AttachmentChange.Withdraw(write.Id, ifRevision));
        if (applied is null)
            return refusal!;
        await host.SettledAsync(applied.Revision, write.Wait, http.RequestAborted);
        return TypedResults.Json(new WithdrawnBody(write.Id, applied.Revision), ApiJson.Full.WithdrawnBody);
    }

    private async Task<(ChangeOutcome.Applied? Applied, ImmutableArray<string> Created, Refusal? Refusal)> WriteAsync(
        HttpContext http, AttachmentWrite write, Func<long?, AttachmentChange> change)
    {
        if (desk.Check(write.Operation, http.Request, write.Body.Span) is { } reused)
            return (null, [], reused);
        for (var number = 0; number < MaxTries; number++)
        {
            var (required, unread) = await RequiredAsync(write, http.RequestAborted);
            if (unread is not null)
                return (null, [], unread);
            var changes = new ChangeSet(write.Operation.ForTry(number), [], write.Message) { Attachments = [change(required)] };
            if (WriteDesk.TooLarge(changes) is { } large)
                return (null, [], large);
            var result = await desk.WriteAsync(http, changes);
            if (result is WriteResult.Decided { Outcome: ChangeOutcome.Applied applied, Created: var created })
                return (applied, created, null);
            if (write.Condition.Kind != ConditionKind.Present || result is not WriteResult.Decided { Outcome: ChangeOutcome.Conflict { ActualRevision: > 0 } })
                return (null, [], desk.Refusal(result, write.Operation.Id, byHeader: write.Put is not null || write.Condition.Kind != ConditionKind.None));
        }

        return (null, [], Refusals.Busy(AttachmentId.Subject(write.Id)));
    }

    /// <summary>The revision that the attachment must have; where it must only be there, the one that it has.</summary>
    private async Task<(long? IfRevision, Refusal? Refusal)> RequiredAsync(AttachmentWrite write, CancellationToken token)
    {
        if (write.Condition.Kind != ConditionKind.Present)
            return (write.Condition.IfRevision, null);
        var (state, refusal) = await reads.ReadAsync(new ReadQuery(Linearizable: true, MinRevision: 0), token);
        if (state is null)
            return (null, refusal! with { Kind = "no-leader", Detail = $"{refusal.Detail}; nothing was applied" });
        if (state.Attachments.ById.TryGetValue(write.Id, out var wanted))
            return (wanted.Revision, null);
        // A client's own first attempt may have withdrawn it: the log knows the outcome, and nothing has this revision.
        return write.Operation.FromClient ? (long.MaxValue, null) : (null, Refusals.Precondition(AttachmentId.Subject(write.Id), 0));
    }
}
