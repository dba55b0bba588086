using Fabric.Flags.Attachments;
using Fabric.Flags.Changes;

namespace Fabric.Flags.Tests.Changes;

public sealed class AttachmentChangeTests
{
    private static string[] PlacesOf(ChangeSet set) => [.. set.Problems().Select(static problem => problem.Path)];

    private static ChangeSet Set(params AttachmentChange[] changes) => new(Guid.NewGuid(), []) { Attachments = [.. changes] };

    [Fact]
    public void A_set_of_attachments_alone_is_sound_and_an_empty_one_is_not()
    {
        Assert.Empty(PlacesOf(Set(new AttachmentChange.Put(new AttachmentRequest("/app", "f")), new AttachmentChange.Withdraw(new string('0', 16)))));
        Assert.Equal(["/changes"], PlacesOf(Set()));
    }

    [Fact]
    public void Flags_and_attachments_are_counted_together()
    {
        var puts = Enumerable.Range(0, Limits.ChangesPerSet).Select(static i => new AttachmentChange.Put(new AttachmentRequest($"/app/{i}", "f"))).ToArray();
        Assert.Empty(PlacesOf(Set(puts)));
        Assert.Equal(["/changes"], PlacesOf(Set(puts) with { Changes = [new Change.Delete("flag")] }));
    }

    [Fact]
    public void What_is_wrong_with_an_attachment_is_named_at_its_place() => Assert.Equal(
        ["/attachments/1/put/exe", "/attachments/2/withdraw/id"],
        PlacesOf(Set(
            new AttachmentChange.Put(new AttachmentRequest("/app", "f")),
            new AttachmentChange.Put(new AttachmentRequest("app", "f")),
            new AttachmentChange.Withdraw("nothing"))));

    [Fact]
    public void An_attachment_is_changed_once_in_a_set()
    {
        var request = new AttachmentRequest("/app", "f");
        Assert.Equal(["/attachments/1"], PlacesOf(Set(new AttachmentChange.Put(request), new AttachmentChange.Withdraw(request.Id))));
    }
}
