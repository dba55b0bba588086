using Fabric.Bpf.Attach;
using Fabric.Node.Attachments;
using Api = Fabric.Node.Attachments;

namespace Fabric.Cli.Node;

/// <summary>The override door of a real host, in the words of the node's API.</summary>
internal sealed class HostDoor(OverrideDoor door) : IAttachments
{
    public Api.AttachmentState Attach(Api.Attachment attachment)
    {
        try
        {
            return State(door.Attach(new AttachmentRequest(attachment.Exe, attachment.Symbol, Abi(attachment.Abi), Signature(attachment.Signature))));
        }
        catch (AttachmentsUnusableException unusable)
        {
            return new Api.AttachmentState(attachment, Attached: false, unusable.Message);
        }
    }

    public bool Detach(string exe, string symbol) => door.Detach(Fabric.Bpf.Attach.Attachment.IdOf(exe, symbol)) is not null;

    public IReadOnlyList<Api.AttachmentState> List() => [.. door.List().Select(State)];

    public void Dispose() => door.Dispose();

    private static Api.AttachmentState State(Fabric.Bpf.Attach.Attachment attachment) => new(
        new Api.Attachment(attachment.Exe, attachment.Symbol, Abi(attachment.Abi), Signature(attachment.Signature)),
        attachment.State == Fabric.Bpf.Attach.AttachmentState.Attached,
        attachment.Reason);

    private static Fabric.Bpf.Attach.AttachmentAbi Abi(Api.AttachmentAbi abi) => abi switch
    {
        Api.AttachmentAbi.C => Fabric.Bpf.Attach.AttachmentAbi.C,
        Api.AttachmentAbi.Go => Fabric.Bpf.Attach.AttachmentAbi.Go,
        _ => Fabric.Bpf.Attach.AttachmentAbi.Auto,
    };

    private static Api.AttachmentAbi Abi(Fabric.Bpf.Attach.AttachmentAbi abi) => abi switch
    {
        Fabric.Bpf.Attach.AttachmentAbi.C => Api.AttachmentAbi.C,
        Fabric.Bpf.Attach.AttachmentAbi.Go => Api.AttachmentAbi.Go,
        _ => Api.AttachmentAbi.Auto,
    };

    private static Fabric.Bpf.Attach.AttachmentSignature Signature(Api.AttachmentSignature signature) =>
        signature == Api.AttachmentSignature.FlagAndKey ? Fabric.Bpf.Attach.AttachmentSignature.FlagAndKey : Fabric.Bpf.Attach.AttachmentSignature.Flag;

    private static Api.AttachmentSignature Signature(Fabric.Bpf.Attach.AttachmentSignature signature) =>
        signature == Fabric.Bpf.Attach.AttachmentSignature.FlagAndKey ? Api.AttachmentSignature.FlagAndKey : Api.AttachmentSignature.Flag;
}
