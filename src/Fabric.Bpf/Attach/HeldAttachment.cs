using Fabric.Bpf.Elf;
using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Attach;

/// <summary>
/// An attachment and all that is open for it. Its file stays open, so that a move to another table attaches to the
/// same one again, whatever is at its path by then.
/// </summary>
internal sealed class HeldAttachment : IDisposable
{
    private RegularFile? _file;
    private ElfTarget? _target;
    private UprobeLink? _link;
    private string? _reason;

    private HeldAttachment(AttachmentRequest request) => Request = request;

    internal AttachmentRequest Request { get; }

    internal bool Attached => _link is not null;

    private bool IsGo => Request.Abi == AttachmentAbi.Go || (Request.Abi == AttachmentAbi.Auto && _target is { IsGo: true });

    /// <summary>Finds the function in its file. What cannot be found is refused; nothing is attached yet.</summary>
    internal static HeldAttachment Prepare(AttachmentRequest request)
    {
        var held = new HeldAttachment(request);
        try
        {
            if (!Path.IsPathFullyQualified(request.Exe) || request.Exe.Contains('\0'))
                throw new IOException($"{request.Exe} is not an absolute path");
            held._file = RegularFile.Open(request.Exe);
            held._target = ElfTarget.Find(new FileImage(held._file.Handle), request.Symbol, Uprobes.Optimisation());
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            held._reason = refused.Message;
        }
        catch (ElfRefusedException refused)
        {
            held._reason = $"{request.Exe}: {refused.Message}";
        }

        return held;
    }

    internal bool IsSameAs(HeldAttachment other) =>
        Request == other.Request && (_file?.Device, _file?.Inode) == (other._file?.Device, other._file?.Inode);

    /// <summary>Attaches a program first and then drops the one that was attached, so that no call in between is missed.</summary>
    /// <param name="program">The one to attach; null when there is none.</param>
    /// <param name="whyNone">Why there is none.</param>
    internal void Place(OverrideProgram? program, string? whyNone)
    {
        if (_file is null || _target is null)
            return;
        var old = _link;
        try
        {
            _link = program?.Attach(_file, _target, IsGo, Request.Signature == AttachmentSignature.FlagAndKey);
            _reason = program is null ? whyNone : null;
        }
        catch (BpfRefusedException refused)
        {
            _link = null;
            _reason = refused.Message;
        }

        old?.Dispose();
    }

    internal Attachment Describe() => _file is null
        ? Attachment.Of(Request, [])
        : Attachment.Of(Request,
        [
            new AttachedFile(
                Request.Exe, Container: null, (long)_file.Device, (long)_file.Inode, _target?.BuildId,
                Attached ? AttachmentState.Attached : AttachmentState.Refused, _reason,
                Attached ? _target?.Kind : null,
                _target is null ? Request.Abi : IsGo ? AttachmentAbi.Go : AttachmentAbi.C,
                Attached ? _target?.Offset : null),
        ]);

    public void Dispose()
    {
        _link?.Dispose();
        _link = null;
        _file?.Dispose();
        _file = null;
    }
}
