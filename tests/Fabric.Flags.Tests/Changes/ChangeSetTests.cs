using Fabric.Flags.Changes;

namespace Fabric.Flags.Tests.Changes;

public sealed class ChangeSetTests
{
    [Fact]
    public void A_sound_set_has_no_problems() =>
        Assert.Empty(new ChangeSet(Guid.NewGuid(), [new Change.Delete("a"), new Change.Delete("b")], "why").Problems());

    [Fact]
    public void An_empty_set_a_large_one_a_key_twice_and_a_bad_key_are_problems()
    {
        Assert.Equal("/changes", Assert.Single(new ChangeSet(Guid.NewGuid(), []).Problems()).Path);
        Assert.Equal("/changes", Assert.Single(Many(Limits.ChangesPerSet + 1).Problems()).Path);
        Assert.Empty(Many(Limits.ChangesPerSet).Problems());
        Assert.Equal("/changes/1/key", Assert.Single(new ChangeSet(Guid.NewGuid(), [new Change.Delete("a"), new Change.Delete("a")]).Problems()).Path);
        Assert.Equal("/changes/0/key", Assert.Single(new ChangeSet(Guid.NewGuid(), [new Change.Delete("a/b")]).Problems()).Path);
    }

    [Fact]
    public void A_message_has_a_bound() =>
        Assert.Equal("/message", Assert.Single(new ChangeSet(Guid.NewGuid(), [new Change.Delete("a")], new string('x', Limits.MessageBytes + 1)).Problems()).Path);

    private static ChangeSet Many(int count) => new(Guid.NewGuid(), [.. Enumerable.Range(0, count).Select(static i => new Change.Delete($"f{i}"))]);
}
