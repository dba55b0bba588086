using Fabric.Bpf.Attach;

namespace Fabric.Node.Api.Attachments;

/// <summary>
/// A function and what became of attaching to it: <c>attached</c>, or <c>refused</c> with the reason. <c>probe</c> says
/// how its probe enters the kernel: <c>nop5</c>, <c>nop10</c>, or <c>int3</c>, which is a trap and slower.
/// </summary>
internal sealed record AttachmentBody(
    string Id, string Exe, string Symbol, AttachmentAbi Abi, AttachmentSignature Signature, string State, string? Reason, string? Probe, string? BuildId)
{
    public static AttachmentBody From(Attachment attachment)
    {
        var (request, file) = (attachment.Request, attachment.Files.FirstOrDefault());
        return new(
            attachment.Id,
            request.Exe,
            request.Symbol,
            file?.Abi ?? request.Abi,
            request.Signature,
            attachment.State.ToString().ToLowerInvariant(),
            attachment.Reason,
            file?.Kind?.ToString().ToLowerInvariant(),
            file?.BuildId);
    }
}

/// <summary>The attachments of this host.</summary>
internal sealed record AttachmentListBody(IReadOnlyList<AttachmentBody> Attachments);

/// <summary>What is to be attached.</summary>
internal sealed record AttachmentRequestBody(string Exe, string Symbol, AttachmentAbi Abi, AttachmentSignature Signature);
