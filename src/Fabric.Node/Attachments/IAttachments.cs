using System.Text.Json.Serialization;

namespace Fabric.Node.Attachments;

/// <summary>How a function takes its arguments and gives its result.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttachmentAbi>))]
public enum AttachmentAbi
{
    /// <summary>Found out from the executable.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>C: a NUL-terminated string in the first argument register.</summary>
    [JsonStringEnumMemberName("c")]
    C,

    /// <summary>Go: a pointer and a length in Go's own registers.</summary>
    [JsonStringEnumMemberName("go")]
    Go,
}

/// <summary>What a function's arguments are.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttachmentSignature>))]
public enum AttachmentSignature
{
    /// <summary>The flag's key alone.</summary>
    [JsonStringEnumMemberName("flag")]
    Flag,

    /// <summary>The flag's key and a targeting key.</summary>
    [JsonStringEnumMemberName("flag,key")]
    FlagAndKey,
}

/// <summary>A function whose answers the fabric is asked to give.</summary>
/// <param name="Exe">Path of the executable or library.</param>
/// <param name="Symbol">The function's symbol in it.</param>
/// <param name="Abi">How it is called.</param>
/// <param name="Signature">What its arguments are.</param>
public sealed record Attachment(string Exe, string Symbol, AttachmentAbi Abi, AttachmentSignature Signature);

/// <summary>What became of an attachment.</summary>
/// <param name="Attachment">What was asked for, with the ABI that was found.</param>
/// <param name="Attached">Whether the function's answers come from the table now.</param>
/// <param name="Reason">Why not, and the cure; null when it is attached.</param>
public sealed record AttachmentState(Attachment Attachment, bool Attached, string? Reason);

/// <summary>The override door of this host: functions of programs that know nothing of Fabric. Any thread may call it.</summary>
public interface IAttachments : IDisposable
{
    /// <summary>Attaches, or says why not. What is attached already stays so, and its state is returned.</summary>
    AttachmentState Attach(Attachment attachment);

    /// <summary>Gives the function back to itself; false when it was not attached.</summary>
    /// <param name="exe">Path of the executable or library.</param>
    /// <param name="symbol">The function's symbol in it.</param>
    bool Detach(string exe, string symbol);

    /// <summary>Everything that was attached and is not detached, refused ones not counted.</summary>
    IReadOnlyList<AttachmentState> List();
}

/// <summary>Whether this host can override at all, found by trying.</summary>
/// <param name="Supported">It can.</param>
/// <param name="Reason">Why not, and the cure; null when it can.</param>
public sealed record OverrideSupport(bool Supported, string? Reason);
