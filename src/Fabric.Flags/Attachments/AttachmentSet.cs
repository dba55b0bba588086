using System.Collections.Immutable;
using Fabric.Flags.Changes;

namespace Fabric.Flags.Attachments;

/// <summary>An attachment as the fabric holds it.</summary>
/// <param name="Request">What is attached, and how.</param>
/// <param name="Revision">The log index of the change set that last put it.</param>
public sealed record WantedAttachment(AttachmentRequest Request, long Revision);

/// <summary>All attachments after one entry of the log: immutable, so any number of readers may hold one.</summary>
public sealed class AttachmentSet
{
    private AttachmentSet(ImmutableSortedDictionary<string, WantedAttachment> byId, long bytes) => (ById, Bytes) = (byId, bytes);

    /// <summary>No attachments.</summary>
    public static AttachmentSet Empty { get; } = new(ImmutableSortedDictionary.Create<string, WantedAttachment>(StringComparer.Ordinal), 0);

    /// <summary>The attachments by id, in ordinal order.</summary>
    public ImmutableSortedDictionary<string, WantedAttachment> ById { get; }

    /// <summary>About the bytes that a snapshot needs for all of them.</summary>
    public long Bytes { get; }

    /// <summary>A set read back from a snapshot.</summary>
    public static AttachmentSet Restore(IEnumerable<WantedAttachment> held)
    {
        var map = ImmutableSortedDictionary.CreateRange(
            StringComparer.Ordinal, held.Select(static one => KeyValuePair.Create(one.Request.Id, one)));
        return map.IsEmpty ? Empty : new AttachmentSet(map, map.Values.Sum(static one => (long)one.Request.Bytes));
    }

    /// <summary>
    /// What the changes would do at <paramref name="revision"/>: the next set and null, or this very set and the reason why
    /// nothing was changed.
    /// </summary>
    public (AttachmentSet Next, ChangeOutcome? Refusal) Apply(long revision, ImmutableArray<AttachmentChange> changes)
    {
        if (changes.IsEmpty)
            return (this, null);
        var map = ById.ToBuilder();
        var bytes = Bytes;
        foreach (var change in changes)
        {
            var current = ById.GetValueOrDefault(change.Id);
            if (change.IfRevision is { } wanted && wanted != (current?.Revision ?? 0))
                return (this, new ChangeOutcome.Conflict(AttachmentId.Subject(change.Id), current?.Revision ?? 0));

            bytes -= current?.Request.Bytes ?? 0;
            switch (change)
            {
                case AttachmentChange.Put put:
                    bytes += put.Request.Bytes;
                    map[put.Id] = new WantedAttachment(put.Request, revision);
                    break;
                case AttachmentChange.Withdraw when current is null:
                    return (this, new ChangeOutcome.NotFound(AttachmentId.Subject(change.Id)));
                case AttachmentChange.Withdraw:
                    map.Remove(change.Id);
                    break;
            }
        }

        // A set that only withdraws passes even when the bound was lowered below what is there already.
        return map.Count > Limits.Attachments && map.Count > ById.Count
            ? (this, new ChangeOutcome.Full($"the fabric holds at most {Limits.Attachments} attachments"))
            : (new AttachmentSet(map.ToImmutable(), bytes), null);
    }
}
