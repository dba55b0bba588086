using Fabric.Node.Attachments;

namespace Fabric.Node.Api.Attachments;

/// <summary>An attachment and what became of it: <c>attached</c>, or <c>refused</c> with the reason and the cure.</summary>
internal sealed record AttachmentBody(
    string Exe, string Symbol, AttachmentAbi Abi, AttachmentSignature Signature, string State, string? Reason)
{
    public static AttachmentBody From(AttachmentState state) => new(
        state.Attachment.Exe,
        state.Attachment.Symbol,
        state.Attachment.Abi,
        state.Attachment.Signature,
        state.Attached ? "attached" : "refused",
        state.Reason);
}

/// <summary>The attachments of this host.</summary>
internal sealed record AttachmentListBody(IReadOnlyList<AttachmentBody> Attachments);

/// <summary>What is to be attached.</summary>
internal sealed record AttachmentRequestBody(string Exe, string Symbol, AttachmentAbi Abi, AttachmentSignature Signature);
