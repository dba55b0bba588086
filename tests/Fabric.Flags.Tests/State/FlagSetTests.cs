using System.Text;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;

namespace Fabric.Flags.Tests.State;

public sealed class FlagSetTests
{
    private static readonly FlagDefinition On = DefinitionParser.Parse("""{"state":"ENABLED","variants":{"on":true}}"""u8.ToArray()).Definition!;

    [Fact]
    public void A_put_gives_the_flag_the_revision_of_its_change_set()
    {
        var (set, outcome) = FlagSet.Empty.Apply(7, Set(new Change.Put("a", On), new Change.Put("b", On)));

        Assert.Equal(new ChangeOutcome.Applied(7), outcome);
        Assert.Equal([("a", 7L), ("b", 7L)], set.Flags.Values.Select(static flag => (flag.Key, flag.Revision)));
        Assert.Equal(7, set.Revision);
        Assert.Empty(FlagSet.Empty.Flags);
    }

    [Fact]
    public void A_condition_that_fails_leaves_all_flags_as_they_were()
    {
        var before = With(3, "a", "b");
        var (after, outcome) = before.Apply(9, Set(new Change.Put("a", On), new Change.Delete("b", IfRevision: 2)));

        Assert.Equal(new ChangeOutcome.Conflict("b", 3), outcome);
        Assert.Same(before, after);
    }

    [Fact]
    public void Revision_0_asks_that_the_flag_does_not_exist()
    {
        var before = With(3, "a");

        Assert.Equal(new ChangeOutcome.Conflict("a", 3), before.Apply(4, Set(new Change.Put("a", On, 0))).Outcome);
        Assert.Equal(new ChangeOutcome.Applied(4), before.Apply(4, Set(new Change.Put("b", On, 0))).Outcome);
        Assert.Equal(new ChangeOutcome.Conflict("c", 0), before.Apply(4, Set(new Change.Put("c", On, 3))).Outcome);
    }

    [Fact]
    public void A_delete_of_a_flag_that_is_not_there_refuses_the_set()
    {
        Assert.Equal(new ChangeOutcome.NotFound("b"), With(3, "a").Apply(4, Set(new Change.Put("a", On), new Change.Delete("b"))).Outcome);
        Assert.Equal(["b"], With(3, "a", "b").Apply(4, Set(new Change.Delete("a"))).Next.Flags.Keys);
    }

    [Fact]
    public void A_full_set_takes_changes_of_what_it_has_and_nothing_more()
    {
        var full = With(3, "a", "b");

        Assert.IsType<ChangeOutcome.Full>(full.Apply(4, Set(new Change.Put("c", On)), capacity: 2).Outcome);
        Assert.IsType<ChangeOutcome.Applied>(full.Apply(4, Set(new Change.Put("a", On)), capacity: 2).Outcome);
        Assert.IsType<ChangeOutcome.Applied>(full.Apply(4, Set(new Change.Delete("a"), new Change.Put("c", On)), capacity: 2).Outcome);
        Assert.IsType<ChangeOutcome.Applied>(full.Apply(4, Set(new Change.Delete("a")), capacity: 1).Outcome);
    }

    [Fact]
    public void Definitions_together_have_a_bound_of_bytes()
    {
        var large = DefinitionParser.Parse(Encoding.UTF8.GetBytes(
            $$$"""{"state":"ENABLED","variants":{"a":"{{{new string('x', Limits.DefinitionBytes - 100)}}}"}}""")).Definition!;
        var fitting = Limits.StateBytes / large.Json.Length;
        var set = FlagSet.Restore(1, Enumerable.Range(0, (int)fitting).Select(i => new Flag($"f{i}", 1, large)));

        Assert.IsType<ChangeOutcome.Full>(set.Apply(2, Set(new Change.Put("one more", large))).Outcome);
        Assert.IsType<ChangeOutcome.Applied>(set.Apply(2, Set(new Change.Put("f0", On))).Outcome);
    }

    [Fact]
    public void Flags_stand_in_ordinal_order()
    {
        Assert.Equal(["B", "a", "ä"], With(1, "ä", "a", "B").Flags.Keys);
    }

    private static FlagSet With(long revision, params string[] keys) =>
        FlagSet.Empty.Apply(revision, Set([.. keys.Select(static key => new Change.Put(key, On))])).Next;

    private static ChangeSet Set(params Change[] changes) => new(Guid.NewGuid(), [.. changes]);
}
