using Fabric.Flags.Attachments;
using Fabric.Node.Fleet;
using Fabric.Node.Json;

namespace Fabric.Node.Api.Changes;

/// <summary>Changes that apply together or not at all.</summary>
/// <param name="Changes">Changes of flags.</param>
/// <param name="Message">Why.</param>
/// <param name="Attachments">Changes of attachments; may be left out.</param>
internal sealed record ChangesBody(IReadOnlyList<ChangeBody> Changes, string? Message, IReadOnlyList<AttachmentChangeBody>? Attachments = null);

/// <summary>One change: exactly one of the two.</summary>
internal sealed record ChangeBody(PutBody? Put, DeleteBody? Delete);

/// <summary>Creates a flag or replaces its definition.</summary>
internal sealed record PutBody(string Key, RawJson Definition, long? IfRevision);

/// <summary>Removes a flag.</summary>
internal sealed record DeleteBody(string Key, long? IfRevision);

/// <summary>One change of an attachment: exactly one of the two.</summary>
internal sealed record AttachmentChangeBody(PutAttachmentBody? Put, WithdrawAttachmentBody? Withdraw);

/// <summary>Attaches a function, or replaces how.</summary>
internal sealed record PutAttachmentBody(
    string Exe, string Symbol, AttachmentAbi? Abi, AttachmentSignature? Signature, IReadOnlyList<string>? BuildIds, long? IfRevision);

/// <summary>Gives a function back to itself.</summary>
internal sealed record WithdrawAttachmentBody(string Id, long? IfRevision);

/// <summary>The revision of a change set.</summary>
/// <param name="Revision">It.</param>
/// <param name="Flags">Where the flags that it put are evaluated; left out when it put none.</param>
internal sealed record RevisionBody(long Revision, IReadOnlyList<PutFlagBody>? Flags) : IWriteBody
{
    /// <summary>Which hosts have it; left out where nobody asked.</summary>
    public FleetBody? Fleet { get; set; }
}

/// <summary>A flag that a change set put.</summary>
/// <param name="Key">Its key.</param>
/// <param name="EvaluableIn">Where it can be evaluated.</param>
/// <param name="EvaluableInReason">Why not everywhere; left out where it is.</param>
internal sealed record PutFlagBody(string Key, IReadOnlyList<string> EvaluableIn, string? EvaluableInReason);
