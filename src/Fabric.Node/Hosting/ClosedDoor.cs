using Fabric.Bpf.Attach;
using Fabric.Flags.Attachments;

namespace Fabric.Node.Hosting;

/// <summary>The override door of a node that was put together without one: it refuses and says why.</summary>
internal sealed class ClosedDoor : IOverrideDoor
{
    internal const string Reason = "this node was put together without the override door";

    private volatile Attachment[] _refused = [];

    public event Action? Changed;

    public void Want(IReadOnlyList<AttachmentRequest> wanted)
    {
        _refused = [.. wanted.Select(static request => Attachment.Refused(request, Reason)).OrderBy(static one => one.Id, StringComparer.Ordinal)];
        Changed?.Invoke();
    }

    public IReadOnlyList<Attachment> List() => _refused;

    public Task SettledAsync(CancellationToken token) => Task.CompletedTask;

    public void Dispose()
    {
        // There is nothing to give back.
    }
}
