using Fabric.Node.Membership;

namespace Fabric.Node.Tests.Membership;

/// <summary>When a voter whose data folder has never voted may begin to.</summary>
public sealed class VerdictTests
{
    private static readonly Guid Mine = Guid.NewGuid(), Fabric = Guid.NewGuid();
    private static readonly StandingWire Own = New("c", Mine);

    [Fact]
    public void A_new_fabric_begins_when_all_its_voters_run_and_none_has_voted()
    {
        var verdict = Assert.IsType<Verdict.Votes>(Judge(New("a"), New("b")));
        Assert.True(verdict.First);
        Assert.Equal(["a", "b", "c"], verdict.Voters.Keys.Order());
        Assert.Equal(Mine, verdict.Voters["c"]);
    }

    [Fact]
    public void It_does_not_begin_while_one_cannot_be_asked() =>
        Assert.Contains("b cannot be asked", Assert.IsType<Verdict.Waits>(Judge(New("a"), null)).Because, StringComparison.Ordinal);

    [Fact]
    public void A_voter_that_another_knows_with_this_very_folder_votes_whoever_else_is_silent()
    {
        var verdict = Assert.IsType<Verdict.Votes>(Judge(Voting("a", Mine), null));
        Assert.False(verdict.First);
    }

    [Fact]
    public void A_voter_that_is_known_with_another_folder_waits_and_is_told_the_way_out()
    {
        var verdict = Assert.IsType<Verdict.Waits>(Judge(Voting("a", Guid.NewGuid()), New("b")));
        Assert.Contains("fabric cluster replace c", verdict.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void A_voter_of_which_a_log_knows_nothing_waits() => Assert.IsType<Verdict.Waits>(Judge(Voting("a", null), New("b")));

    [Fact]
    public void One_that_waits_itself_but_has_followed_tells_of_a_fabric_too() =>
        Assert.IsType<Verdict.Waits>(Judge(New("a") with { Fabric = Fabric }, New("b")));

    [Fact]
    public void A_newer_word_that_the_vote_was_given_to_this_folder_counts_beside_an_older_one() =>
        Assert.IsType<Verdict.Votes>(Judge(Voting("a", Guid.NewGuid()), Voting("b", Mine)));

    [Fact]
    public void A_bootstrap_asks_nobody_but_does_not_overrule_one_that_knows_better()
    {
        Assert.IsType<Verdict.Votes>(Judge(null, null, bootstrap: true));
        Assert.IsType<Verdict.Votes>(Judge(Voting("a", null), null, bootstrap: true));
        Assert.IsType<Verdict.Waits>(Judge(Voting("a", Guid.NewGuid()), null, bootstrap: true));
    }

    [Fact]
    public void Two_looks_are_alike_only_with_the_same_identities()
    {
        var (a, b) = (New("a"), New("b"));
        var once = Assert.IsType<Verdict.Votes>(Judge(a, b));
        Assert.True(once.IsLike(Judge(a, b)));
        Assert.False(once.IsLike(Judge(a, New("b"))));
        Assert.False(once.IsLike(Judge(a, null)));
        Assert.False(once.IsLike(null));
    }

    private static Verdict Judge(StandingWire? a, StandingWire? b, bool bootstrap = false) =>
        Verdict.Judge(Own, new Dictionary<string, StandingWire?> { ["a"] = a, ["b"] = b }, bootstrap);

    private static StandingWire New(string name, Guid? identity = null) =>
        new(name, identity ?? Guid.NewGuid(), Votes: false, null, new Dictionary<string, Guid>(), Gone: false);

    private static StandingWire Voting(string name, Guid? knows) => New(name) with
    {
        Votes = true,
        Fabric = Fabric,
        Voters = knows is { } identity ? new Dictionary<string, Guid> { ["c"] = identity } : [],
    };
}
