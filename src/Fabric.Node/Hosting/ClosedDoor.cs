using Fabric.Bpf.Attach;

namespace Fabric.Node.Hosting;

/// <summary>The override door of a node that was put together without one: it refuses and says why.</summary>
internal sealed class ClosedDoor : IOverrideDoor
{
    internal const string Reason = "this node was put together without the override door";

    public Attachment Attach(AttachmentRequest request) => Attachment.Refused(request, Reason);

    public Attachment? Detach(string id) => null;

    public IReadOnlyList<Attachment> List() => [];

    public void Dispose()
    {
        // There is nothing to give back.
    }
}
