using System.Collections.Immutable;
using System.Text;

namespace Fabric.Flags.Attachments;

/// <summary>A function whose answers the table is to give, on every host that has it.</summary>
/// <param name="Exe">Absolute path of the executable or library, as its own processes see it.</param>
/// <param name="Symbol">The function's symbol in it.</param>
/// <param name="Abi">How it is called.</param>
/// <param name="Signature">What its arguments are.</param>
public sealed record AttachmentRequest(
    string Exe,
    string Symbol,
    AttachmentAbi Abi = AttachmentAbi.Auto,
    AttachmentSignature Signature = AttachmentSignature.Flag)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Build-ids that the file must have one of: at most <see cref="Limits.BuildIds"/>; empty for any file.</summary>
    public ImmutableArray<string> BuildIds { get; init; } = [];

    /// <summary>What names it in the log and on every host.</summary>
    public string Id => AttachmentId.Of(Exe, Symbol);

    /// <summary>About the bytes that a snapshot needs for it.</summary>
    public int Bytes => Encoding.UTF8.GetByteCount(Exe) + Encoding.UTF8.GetByteCount(Symbol) + BuildIds.Sum(static id => id.Length + 2) + 32;

    /// <summary>What no host could ever do anything with, each with its place; empty for a sound one.</summary>
    public IEnumerable<Problem> Problems()
    {
        if ((WhyNotText(Exe) ?? WhyNotPath(Exe)) is { } path)
            yield return new Problem("/exe", path);
        if (WhyNotText(Symbol) is { } symbol)
            yield return new Problem("/symbol", symbol);
        if (!Enum.IsDefined(Abi))
            yield return new Problem("/abi", "must be auto, c or go");
        if (!Enum.IsDefined(Signature))
            yield return new Problem("/signature", "must be \"flag\" or \"flag,key\"");
        foreach (var problem in BuildId.Problems(BuildIds, "/buildIds"))
            yield return problem;
    }

    /// <summary>Equal to another with the same build-ids in the same order.</summary>
    public bool Equals(AttachmentRequest? other) =>
        other is not null && (Exe, Symbol, Abi, Signature) == (other.Exe, other.Symbol, other.Abi, other.Signature)
        && BuildIds.AsSpan().SequenceEqual(other.BuildIds.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Exe, Symbol, Abi, Signature, BuildIds.Length);

    private static string? WhyNotText(string text)
    {
        if (text.Length == 0)
            return "must not be empty";
        if (text.Any(char.IsControl))
            return "must not contain control characters";
        try
        {
            return StrictUtf8.GetByteCount(text) is var bytes && bytes > Limits.AttachmentTextBytes
                ? $"has {bytes} bytes, and {Limits.AttachmentTextBytes} is the most it can have"
                : null;
        }
        catch (EncoderFallbackException)
        {
            return "must be valid Unicode: it has half of a surrogate pair";
        }
    }

    /// <summary>A file has one name here: two spellings would be two attachments, and ".." would lead out of a container's own files.</summary>
    private static string? WhyNotPath(string path)
    {
        if (path[0] != '/')
            return "must be an absolute path: the node has a working folder of its own";
        return path[1..].Split('/').Any(static step => step is "" or "." or "..")
            ? "must be a plain path to a file: without empty steps, \".\" and \"..\""
            : null;
    }
}
