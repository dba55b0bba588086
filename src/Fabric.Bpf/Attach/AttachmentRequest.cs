using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Fabric.Bpf.Attach;

/// <summary>How a function takes its arguments and gives its result.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttachmentAbi>))]
public enum AttachmentAbi
{
    /// <summary>Found out from the file.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>C: strings that end with a zero byte, in rdi and rsi; the result in rax.</summary>
    [JsonStringEnumMemberName("c")]
    C,

    /// <summary>Go since 1.17: strings as pointer and length, in rax, rbx and rcx, rdi; the result in rax.</summary>
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

    /// <summary>The flag's key, then a targeting key.</summary>
    [JsonStringEnumMemberName("flag,key")]
    FlagAndKey,
}

/// <summary>A function whose answers the table is to give. Two are equal when all that they ask for is.</summary>
/// <param name="Exe">Absolute path of the executable or library.</param>
/// <param name="Symbol">The function's symbol in it.</param>
/// <param name="Abi">How it is called.</param>
/// <param name="Signature">What its arguments are.</param>
public sealed record AttachmentRequest(
    string Exe,
    string Symbol,
    AttachmentAbi Abi = AttachmentAbi.Auto,
    AttachmentSignature Signature = AttachmentSignature.Flag)
{
    /// <summary>Build-ids in lower-case hexadecimal, one of which the file must have; empty where any will do.</summary>
    public ImmutableArray<string> BuildIds { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(AttachmentRequest? other) =>
        other is not null && (Exe, Symbol, Abi, Signature) == (other.Exe, other.Symbol, other.Abi, other.Signature)
        && BuildIds.AsSpan().SequenceEqual(other.BuildIds.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Exe, Symbol, Abi, Signature, BuildIds.IsDefault ? 0 : BuildIds.Length);
}
