using Fabric.Flags.Attachments;
using Fabric.Flags.Changes;

namespace Fabric.Raft.Tests.Harness;

/// <summary>Change sets of attachments for tests.</summary>
internal static class Attached
{
    public static AttachmentRequest Request(string name = "app") =>
        new($"/usr/bin/{name} ✓", "is_enabled", AttachmentAbi.Go, AttachmentSignature.FlagAndKey) { BuildIds = ["0011223344556677", "8899aabbccddeeff"] };

    public static ChangeSet Put(AttachmentRequest request, long? ifRevision = null) =>
        new(Guid.NewGuid(), []) { Attachments = [new AttachmentChange.Put(request, ifRevision)] };

    public static ChangeSet Withdraw(AttachmentRequest request, long? ifRevision = null) =>
        new(Guid.NewGuid(), []) { Attachments = [new AttachmentChange.Withdraw(request.Id, ifRevision)] };
}
