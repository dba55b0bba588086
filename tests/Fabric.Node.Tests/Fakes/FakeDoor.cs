using System.Collections.Concurrent;
using Fabric.Bpf.Attach;
using Fabric.Bpf.Elf;
using Fabric.Flags.Attachments;

namespace Fabric.Node.Tests.Fakes;

/// <summary>Attaches to every file that is there, or that a test says is.</summary>
public sealed class FakeDoor : IOverrideDoor
{
    private readonly ConcurrentDictionary<string, string?> _files = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<AttachmentRequest>? _wanted;
    private volatile TaskCompletionSource _settled = Settled();
    private int _told;

    public event Action? Changed;

    /// <summary>What it was told to attach last; null while it was told nothing.</summary>
    public IReadOnlyList<AttachmentRequest>? Wanted => _wanted;

    /// <summary>How often it was told.</summary>
    public int Told => Volatile.Read(ref _told);

    public bool Disposed { get; private set; }

    public void Want(IReadOnlyList<AttachmentRequest> wanted)
    {
        Interlocked.Increment(ref _told);
        _wanted = wanted;
        Changed?.Invoke();
    }

    /// <summary>A file comes, or is built anew.</summary>
    public void Appear(string exe, string? buildId)
    {
        _files[exe] = buildId;
        Changed?.Invoke();
    }

    public void Vanish(string exe)
    {
        _files.TryRemove(exe, out _);
        Changed?.Invoke();
    }

    /// <summary>From now on nothing is looked at, until it is let go.</summary>
    public void Hold() => _settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetGo() => _settled.TrySetResult();

    public IReadOnlyList<Attachment> List() => _settled.Task.IsCompleted
        ? [.. (_wanted ?? []).Select(Look).OrderBy(static one => one.Id, StringComparer.Ordinal)]
        : [];

    public Task SettledAsync(CancellationToken token) => _settled.Task.WaitAsync(token);

    public void Dispose() => Disposed = true;

    private Attachment Look(AttachmentRequest request)
    {
        if (!_files.TryGetValue(request.Exe, out var buildId) && !File.Exists(request.Exe))
            return new(request, AttachmentState.Absent, $"there is no file {request.Exe}", []);
        var reason = request.BuildIds.IsEmpty || buildId is not null && request.BuildIds.Contains(buildId) ? null : $"its build-id is {buildId}";
        var state = reason is null ? AttachmentState.Attached : AttachmentState.Refused;
        return new(request, state, reason,
            [new(request.Exe, null, 1, 1, buildId, state, reason, reason is null ? ProbeKind.Nop5 : null, AttachmentAbi.C, reason is null ? 4096 : null)]);
    }

    private static TaskCompletionSource Settled()
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        source.SetResult();
        return source;
    }
}
