using Fabric.Bpf.Attach;

namespace Fabric.Node.Tests.Fakes;

/// <summary>Attaches to every file that is there.</summary>
public sealed class FakeDoor : IOverrideDoor
{
    private volatile Attachment[] _list = [];

    public event Action? Changed;

    public void Want(IReadOnlyList<AttachmentRequest> wanted)
    {
        _list = [.. wanted.Select(Look).OrderBy(static one => one.Id, StringComparer.Ordinal)];
        Changed?.Invoke();
    }

    public IReadOnlyList<Attachment> List() => _list;

    public Task SettledAsync(CancellationToken token) => Task.CompletedTask;

    public void Dispose()
    {
    }

    private static Attachment Look(AttachmentRequest request) => File.Exists(request.Exe)
        ? new(request, AttachmentState.Attached, null,
            [new(request.Exe, null, 1, 1, null, AttachmentState.Attached, null, null, AttachmentAbi.C, 4096)])
        : new(request, AttachmentState.Absent, $"there is no file {request.Exe}", []);
}
