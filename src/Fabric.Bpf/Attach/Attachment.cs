using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Fabric.Bpf.Elf;

namespace Fabric.Bpf.Attach;

/// <summary>What became of an attachment.</summary>
public enum AttachmentState
{
    /// <summary>The table answers for the function, in every process that runs it.</summary>
    Attached,

    /// <summary>The function answers for itself; the reason says why.</summary>
    Refused,
}

/// <summary>A function and what became of attaching to it.</summary>
/// <param name="Id">Names the pair of file and symbol, the same on every host.</param>
/// <param name="Exe">Path of the executable or library.</param>
/// <param name="Symbol">The function's symbol in it.</param>
/// <param name="Abi">How it is called, as found out; what was asked for where nothing was found out.</param>
/// <param name="Signature">What its arguments are.</param>
/// <param name="State">What became of it.</param>
/// <param name="Reason">Why it is refused; null when it is attached.</param>
/// <param name="Kind">How the probe enters the kernel; null when refused.</param>
/// <param name="BuildId">The file's build-id; null where it has none or was not read.</param>
/// <param name="FileOffset">Where in the file the probe is; null when refused.</param>
public sealed record Attachment(
    string Id,
    string Exe,
    string Symbol,
    AttachmentAbi Abi,
    AttachmentSignature Signature,
    AttachmentState State,
    string? Reason,
    ProbeKind? Kind,
    string? BuildId,
    long? FileOffset)
{
    /// <summary>A function that answers for itself.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="reason">Why it is not given.</param>
    public static Attachment Refused(AttachmentRequest request, string reason) => new(
        IdOf(request.Exe, request.Symbol), request.Exe, request.Symbol, request.Abi, request.Signature,
        AttachmentState.Refused, reason, Kind: null, BuildId: null, FileOffset: null);

    /// <summary>The id of a function.</summary>
    /// <param name="exe">Path of its executable or library.</param>
    /// <param name="symbol">Its symbol.</param>
    public static string IdOf(string exe, string symbol)
    {
        Span<byte> id = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(id, XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{exe}\0{symbol}")));
        return Convert.ToHexStringLower(id);
    }
}
