using System.Collections.Immutable;
using Fabric.Flags.Attachments;
using Fabric.Flags.Changes;

namespace Fabric.Flags.Tests.Attachments;

public sealed class AttachmentSetTests
{
    private static readonly AttachmentRequest One = new("/usr/bin/one", "f");
    private static readonly AttachmentRequest Two = new("/usr/bin/two", "f") { BuildIds = ["00112233"] };

    private static AttachmentSet After(AttachmentSet set, long revision, params ImmutableArray<AttachmentChange> changes)
    {
        var (next, refusal) = set.Apply(revision, changes);
        Assert.Null(refusal);
        return next;
    }

    [Fact]
    public void What_was_put_has_the_revision_of_its_change_and_stands_in_the_order_of_ids()
    {
        var set = After(AttachmentSet.Empty, 5, new AttachmentChange.Put(One), new AttachmentChange.Put(Two));
        set = After(set, 6, new AttachmentChange.Put(One with { Abi = AttachmentAbi.Go }, IfRevision: 5));

        Assert.Equal(new[] { One.Id, Two.Id }.Order(StringComparer.Ordinal), set.ById.Keys);
        Assert.Equal(new WantedAttachment(One with { Abi = AttachmentAbi.Go }, 6), set.ById[One.Id]);
        Assert.Equal(new WantedAttachment(Two, 5), set.ById[Two.Id]);
        Assert.Equal(One.Bytes + Two.Bytes, set.Bytes);
    }

    [Fact]
    public void What_was_withdrawn_is_gone_with_its_bytes()
    {
        var set = After(After(AttachmentSet.Empty, 5, new AttachmentChange.Put(One)), 6, new AttachmentChange.Withdraw(One.Id));
        Assert.Empty(set.ById);
        Assert.Equal(0, set.Bytes);
    }

    [Fact]
    public void A_condition_that_does_not_hold_changes_nothing_and_names_the_attachment()
    {
        var set = After(AttachmentSet.Empty, 5, new AttachmentChange.Put(One));
        var place = AttachmentId.Subject(One.Id);
        Assert.Equal((set, new ChangeOutcome.Conflict(place, 5)), set.Apply(6, [new AttachmentChange.Put(Two), new AttachmentChange.Put(One, IfRevision: 0)]));
        Assert.Equal((set, new ChangeOutcome.Conflict(place, 5)), set.Apply(6, [new AttachmentChange.Withdraw(One.Id, IfRevision: 4)]));
        Assert.Equal((set, new ChangeOutcome.Conflict(AttachmentId.Subject(Two.Id), 0)), set.Apply(6, [new AttachmentChange.Withdraw(Two.Id, IfRevision: 4)]));
        Assert.Equal((set, new ChangeOutcome.NotFound(AttachmentId.Subject(Two.Id))), set.Apply(6, [new AttachmentChange.Withdraw(Two.Id)]));
        Assert.Equal(One.Id, AttachmentId.FromSubject(place));
        Assert.Null(AttachmentId.FromSubject("a-flag"));
    }

    [Fact]
    public void There_are_at_most_so_many()
    {
        var full = AttachmentSet.Restore(Enumerable.Range(0, Limits.Attachments).Select(static i => new WantedAttachment(new AttachmentRequest($"/app/{i}", "f"), 2)));
        Assert.IsType<ChangeOutcome.Full>(full.Apply(3, [new AttachmentChange.Put(One)]).Refusal);
        var first = full.ById.Values.First().Request;
        Assert.Equal(Limits.Attachments, After(full, 3, new AttachmentChange.Put(first)).ById.Count);
        Assert.Equal(Limits.Attachments, After(full, 3, new AttachmentChange.Withdraw(first.Id), new AttachmentChange.Put(One)).ById.Count);
    }
}
