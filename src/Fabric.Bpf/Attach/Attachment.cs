using System.Collections.Immutable;

namespace Fabric.Bpf.Attach;

/// <summary>What became of an attachment, or of one file that it applies to.</summary>
public enum AttachmentState
{
    /// <summary>The table answers for the function, in every process that runs it.</summary>
    Attached,

    /// <summary>This host has no such file; should it come, it is attached.</summary>
    Absent,

    /// <summary>The function answers for itself; the reason says why.</summary>
    Refused,
}

/// <summary>A function and what became of attaching to it on this host.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="State">Attached when any file is; refused when none is and any was refused.</param>
/// <param name="Reason">Why it is not attached; null when it is.</param>
/// <param name="Files">Every file of this host that it applies to, the host's own first.</param>
public sealed record Attachment(AttachmentRequest Request, AttachmentState State, string? Reason, ImmutableArray<AttachedFile> Files)
{
    /// <summary>Names the pair of file and symbol, the same on every host.</summary>
    public string Id => IdOf(Request.Exe, Request.Symbol);

    /// <summary>A function that answers for itself, without any file looked at.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="reason">Why it is not given.</param>
    public static Attachment Refused(AttachmentRequest request, string reason) => new(request, AttachmentState.Refused, reason, []);

    /// <summary>The id of a function.</summary>
    /// <param name="exe">Path of its executable or library.</param>
    /// <param name="symbol">Its symbol.</param>
    public static string IdOf(string exe, string symbol) => AttachmentId.Of(exe, symbol);

    /// <summary>What the files together make of a function.</summary>
    internal static Attachment Of(AttachmentRequest request, ImmutableArray<AttachedFile> files)
    {
        var telling = files.FirstOrDefault(static file => file.State == AttachmentState.Attached)
            ?? files.FirstOrDefault(static file => file.State == AttachmentState.Refused)
            ?? files.FirstOrDefault();
        return telling is null
            ? new(request, AttachmentState.Absent, $"there is no file {request.Exe}", files)
            : new(request, telling.State, telling.Reason, files);
    }

    /// <inheritdoc/>
    public bool Equals(Attachment? other) =>
        other is not null && Request == other.Request && (State, Reason) == (other.State, other.Reason)
        && Files.AsSpan().SequenceEqual(other.Files.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Request, State, Reason, Files.Length);
}
