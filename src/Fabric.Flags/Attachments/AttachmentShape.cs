using System.Text.Json.Serialization;

namespace Fabric.Flags.Attachments;

/// <summary>How a function takes its arguments and gives its result.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttachmentAbi>))]
public enum AttachmentAbi
{
    /// <summary>Found out from the file, on each host for itself.</summary>
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
