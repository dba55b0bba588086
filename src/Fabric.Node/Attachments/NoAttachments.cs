namespace Fabric.Node.Attachments;

/// <summary>The override door of a host that has none: it refuses and says why.</summary>
public sealed class NoAttachments(string reason) : IAttachments
{
    public AttachmentState Attach(Attachment attachment) => new(attachment, Attached: false, reason);

    public bool Detach(string exe, string symbol) => false;

    public IReadOnlyList<AttachmentState> List() => [];

    public void Dispose()
    {
        // There is nothing to give back.
    }
}
