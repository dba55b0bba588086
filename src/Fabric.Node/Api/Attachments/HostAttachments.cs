using Fabric.Bpf.Attach;
using Fabric.Flags.Attachments;
using Fabric.Node.Attachments;
using Fabric.Raft;

namespace Fabric.Node.Api.Attachments;

/// <summary>What became of attachments on the host that answers.</summary>
internal sealed class HostAttachments(string name, IOverrideDoor door, AttachmentLoop loop, TimeProvider time)
{
    /// <summary>The attachments of a state, or the one with an id, if it is there.</summary>
    public static IEnumerable<WantedAttachment> Of(FabricState state, string? id) =>
        id is null ? state.Attachments.ById.Values : state.Attachments.ById.TryGetValue(id, out var one) ? [one] : [];

    /// <summary>All of them or the one with an id, each with this host alone.</summary>
    public IReadOnlyList<AttachmentBody> All(FabricState state, string? id)
    {
        var found = door.List().ToDictionary(static attachment => attachment.Id, StringComparer.Ordinal);
        return [.. Of(state, id).Select(wanted => AttachmentBody.From(wanted, [Here(wanted, found.GetValueOrDefault(wanted.Request.Id))]))];
    }

    /// <summary>One of them, as it is now.</summary>
    public AttachmentHostBody Here(WantedAttachment wanted) => Here(wanted, door.List().FirstOrDefault(attachment => attachment.Id == wanted.Request.Id));

    /// <summary>Waits for what becomes of everything up to an index, but no longer than so.</summary>
    public async Task SettledAsync(long index, TimeSpan atMost, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(atMost, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        try
        {
            await loop.SettledAsync(index, both.Token);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            // The change is in the log; what became of it is asked for later.
        }
    }

    private AttachmentHostBody Here(WantedAttachment wanted, Attachment? found) => found is not null && found.Request == wanted.Request
        ? AttachmentHostBody.From(name, found)
        : new AttachmentHostBody(name, AttachmentHostBody.Pending, "the host has not looked for it yet", []);
}
