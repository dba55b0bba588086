using Fabric.Bpf.Attach;

namespace Fabric.Node.Tests.Fakes;

/// <summary>Attaches to every file that is there.</summary>
public sealed class FakeDoor : IOverrideDoor
{
    private readonly List<Attachment> _held = [];

    public Attachment Attach(AttachmentRequest request)
    {
        var refused = Attachment.Refused(request, $"there is no file {request.Exe}");
        if (!File.Exists(request.Exe))
            return refused;
        var attached = refused with { Abi = AttachmentAbi.C, State = AttachmentState.Attached, Reason = null };
        _held.Add(attached);
        return attached;
    }

    public Attachment? Detach(string id)
    {
        var held = _held.Find(one => one.Id == id);
        return held is not null && _held.Remove(held) ? held : null;
    }

    public IReadOnlyList<Attachment> List() => [.. _held];

    public void Dispose()
    {
    }
}
