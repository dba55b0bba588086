using System.Text.Json;
using Fabric.Flags.Changes;
using Fabric.Node.Json;

namespace Fabric.Node.Api.Changes;

/// <summary>Writes a change set as members pass it on.</summary>
internal static class ChangeSetWriter
{
    public static byte[] ToUtf8(ChangeSet changes) => JsonSerializer.SerializeToUtf8Bytes(
        new ForwardedBody(
            [.. changes.Changes.Select(ToBody)], changes.Message, changes.Attachments.IsEmpty ? null : [.. changes.Attachments.Select(ToBody)], changes.Origin),
        ApiJson.Sparse.ForwardedBody);

    private static ChangeBody ToBody(Change change) => change switch
    {
        Change.Put put => new ChangeBody(new PutBody(put.Key, new RawJson(put.Definition.Json), put.IfRevision), null),
        _ => new ChangeBody(null, new DeleteBody(change.Key, change.IfRevision)),
    };

    private static AttachmentChangeBody ToBody(AttachmentChange change) => change is AttachmentChange.Put { Request: var request }
        ? new(new PutAttachmentBody(request.Exe, request.Symbol, request.Abi, request.Signature, request.BuildIds, change.IfRevision), null)
        : new(null, new WithdrawAttachmentBody(change.Id, change.IfRevision));
}
