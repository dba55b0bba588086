using System.Text.Json.Serialization;
using Fabric.Bpf.Attach;
using Fabric.Flags.Attachments;
using Fabric.Node.Fleet;

namespace Fabric.Node.Api.Attachments;

/// <summary>A function that the fabric attaches, and what became of it on the hosts.</summary>
/// <param name="Id">Names the pair of file and symbol.</param>
/// <param name="Exe">Path of the executable or library.</param>
/// <param name="Symbol">The function's symbol in it.</param>
/// <param name="Abi">How it is to be called.</param>
/// <param name="Signature">What its arguments are.</param>
/// <param name="BuildIds">Build-ids that the file must have one of; empty for any.</param>
/// <param name="Revision">The change set that last put it; its ETag.</param>
/// <param name="Hosts">What became of it, host by host.</param>
internal sealed record AttachmentBody(
    string Id,
    string Exe,
    string Symbol,
    AttachmentAbi Abi,
    AttachmentSignature Signature,
    IReadOnlyList<string> BuildIds,
    long Revision,
    IReadOnlyList<AttachmentHostBody> Hosts) : IWriteBody
{
    /// <summary>Which hosts have it; left out where nobody asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FleetBody? Fleet { get; set; }

    public static AttachmentBody From(WantedAttachment wanted, IReadOnlyList<AttachmentHostBody> hosts) => new(
        wanted.Request.Id, wanted.Request.Exe, wanted.Request.Symbol, wanted.Request.Abi, wanted.Request.Signature, wanted.Request.BuildIds, wanted.Revision, hosts);
}

/// <summary>
/// What became of an attachment on a host: <c>attached</c>, <c>absent</c> where it has no such file, <c>refused</c>,
/// <c>pending</c> where it has not looked yet, or <c>unreachable</c>.
/// </summary>
internal sealed record AttachmentHostBody(string Host, string State, string? Reason, IReadOnlyList<AttachmentFileBody> Files)
{
    public const string Pending = "pending";
    public const string Unreachable = "unreachable";

    public static AttachmentHostBody From(string host, Attachment attachment) => new(
        host, AttachmentFileBody.NameOf(attachment.State), attachment.Reason, [.. attachment.Files.Select(AttachmentFileBody.From)]);
}

/// <summary>
/// One file that an attachment applies to. <c>probe</c> says how its probe enters the kernel: <c>nop5</c>, <c>nop10</c>, or
/// <c>int3</c>, which is a trap and slower.
/// </summary>
internal sealed record AttachmentFileBody(string Path, string? Container, string? BuildId, string? Probe, AttachmentAbi Abi, string State, string? Reason)
{
    public static AttachmentFileBody From(AttachedFile file) => new(
        file.Path, file.Container, file.BuildId, file.Kind?.ToString().ToLowerInvariant(), file.Abi, NameOf(file.State), file.Reason);

    public static string NameOf(AttachmentState state) => state.ToString().ToLowerInvariant();
}

/// <summary>All attachments, in the order of their ids.</summary>
internal sealed record AttachmentListBody(IReadOnlyList<AttachmentBody> Attachments);

/// <summary>What is to be attached; what is null may be left out.</summary>
internal sealed record AttachmentRequestBody(
    string Exe, string Symbol, AttachmentAbi? Abi, AttachmentSignature? Signature, IReadOnlyList<string>? BuildIds, string? Message);

/// <summary>What is left of an attachment: the change set that withdrew it.</summary>
internal sealed record WithdrawnBody(string Id, long Revision) : IWriteBody
{
    /// <summary>Which hosts have it; left out where nobody asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FleetBody? Fleet { get; set; }
}
