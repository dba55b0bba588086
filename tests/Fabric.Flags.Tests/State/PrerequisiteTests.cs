using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;

namespace Fabric.Flags.Tests.State;

public sealed class PrerequisiteTests
{
    [Fact]
    public void A_flag_that_needs_what_is_there_is_put()
    {
        var set = Apply(FlagSet.Empty, Put("base"), Put("user", "base"));

        Assert.Equal(["base", "user"], set.Flags.Keys);
    }

    [Fact]
    public void What_is_needed_must_exist_with_its_variant()
    {
        Assert.Equal(
            new ChangeOutcome.Refused("user", "it needs the flag \"base\", which does not exist"),
            Outcome(FlagSet.Empty, Put("user", "base")));
        Assert.Equal(
            new ChangeOutcome.Refused("user", "it needs the variant \"on\" of the flag \"base\", which has no such variant"),
            Outcome(FlagSet.Empty, new Change.Put("base", Define("""{"state":"ENABLED","variants":{"yes":true}}""")), Put("user", "base")));
    }

    [Fact]
    public void What_another_flag_needs_cannot_go()
    {
        var set = Apply(FlagSet.Empty, Put("base"), Put("user", "base"));
        var needed = new ChangeOutcome.Refused("base", "the flag \"user\" needs its variant \"on\"");

        Assert.Equal(needed, Outcome(set, new Change.Delete("base")));
        Assert.Equal(needed, Outcome(set, new Change.Put("base", Define("""{"state":"ENABLED","variants":{"yes":true}}"""))));
        Assert.IsType<ChangeOutcome.Applied>(Outcome(set, new Change.Put("base", Define("""{"state":"DISABLED","variants":{"on":1,"more":2}}"""))));
        Assert.IsType<ChangeOutcome.Applied>(Outcome(set, new Change.Delete("base"), new Change.Delete("user")));
        Assert.IsType<ChangeOutcome.Applied>(Outcome(set, new Change.Delete("base"), Put("user")));
    }

    [Fact]
    public void What_nobody_needs_any_more_can_go()
    {
        var set = Apply(Apply(FlagSet.Empty, Put("base"), Put("user", "base")), Put("user"));

        Assert.IsType<ChangeOutcome.Applied>(Outcome(set, new Change.Delete("base")));
    }

    [Fact]
    public void Circles_are_refused_in_whatever_order_they_are_closed()
    {
        var set = Apply(FlagSet.Empty, Put("a"), Put("b", "a"), Put("c", "b"));

        Assert.Equal(new ChangeOutcome.Refused("a", "its prerequisites lead in a circle: \"a\" -> \"c\" -> \"b\" -> \"a\""), Outcome(set, Put("a", "c")));
        Assert.Equal(new ChangeOutcome.Refused("a", "its prerequisites lead in a circle: \"a\" -> \"a\""), Outcome(set, Put("a", "a")));
        Assert.IsType<ChangeOutcome.Refused>(Outcome(FlagSet.Empty, Put("x", "y"), Put("y", "x")));
    }

    [Fact]
    public void Five_levels_are_enough_and_six_are_too_many_also_from_below()
    {
        var set = Apply(FlagSet.Empty, Put("1"), Put("2", "1"), Put("3", "2"), Put("4", "3"), Put("5", "4"));

        Assert.Contains("more than 5 levels deep", Assert.IsType<ChangeOutcome.Refused>(Outcome(set, Put("6", "5"))).Reason, StringComparison.Ordinal);
        Assert.Contains("of \"5\"", Assert.IsType<ChangeOutcome.Refused>(Outcome(set, Put("0"), Put("1", "0"))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_asks_at_most_32_flags_counted_each_time()
    {
        // Eight that need three each: 1 + 8 * 4 = 33; with one of them needing two: 32.
        Change.Put[] leaves = [Put("x"), Put("y"), Put("z")];
        var middle = Enumerable.Range(0, 8).Select(static i => Put($"m{i}", "x", "y", "z")).ToArray();
        string[] names = [.. middle.Select(static change => change.Key)];

        Assert.Contains("asks more than 32 flags", Assert.IsType<ChangeOutcome.Refused>(Outcome(FlagSet.Empty, [.. leaves, .. middle, Put("top", names)])).Reason, StringComparison.Ordinal);
        middle[3] = Put("m3", "x", "y");
        var set = Apply(FlagSet.Empty, [.. leaves, .. middle, Put("top", names)]);
        Assert.IsType<ChangeOutcome.Refused>(Outcome(set, Put("m3", "x", "y", "z")));
    }

    [Fact]
    public void A_set_that_was_restored_knows_who_needs_whom()
    {
        var set = Apply(FlagSet.Empty, Put("base"), Put("user", "base"));
        var restored = FlagSet.Restore(set.Revision, set.Flags.Values);

        Assert.IsType<ChangeOutcome.Refused>(Outcome(restored, new Change.Delete("base")));
    }

    [Fact]
    public void A_long_name_is_cut_in_the_reason_and_not_within_a_character()
    {
        var name = string.Concat(Enumerable.Repeat("😀", 100));
        var refused = Assert.IsType<ChangeOutcome.Refused>(Outcome(FlagSet.Empty, Put("base"), new Change.Put("user",
            Define($$"""{"state":"ENABLED","variants":{"on":true},"prerequisites":[{"flag":"base","variant":"x{{name}}"}]}"""))));

        Assert.DoesNotContain(refused.Reason, static c => c == '�');
        Assert.Equal(refused.Reason, System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(refused.Reason)));
        Assert.True(refused.Reason.Length < 200);
    }

    private static Change.Put Put(string key, params string[] needed) => new Change.Put(key, Define(
        $$"""{"state":"ENABLED","variants":{"on":true,"off":false},"prerequisites":[{{string.Join(',', needed.Select(static flag => $$"""{"flag":"{{flag}}","variant":"on"}"""))}}]}"""));

    private static FlagDefinition Define(string json) => Rules.Whole(json);

    private static ChangeOutcome Outcome(FlagSet set, params Change[] changes) =>
        set.Apply(set.Revision + 1, new ChangeSet(Guid.NewGuid(), [.. changes])).Outcome;

    private static FlagSet Apply(FlagSet set, params Change[] changes)
    {
        var (next, outcome) = set.Apply(set.Revision + 1, new ChangeSet(Guid.NewGuid(), [.. changes]));
        Assert.IsType<ChangeOutcome.Applied>(outcome);
        return next;
    }
}
