using Fabric.Flags.Changes;
using Fabric.Flags.Hosts;

namespace Fabric.Flags.Tests.Hosts;

/// <summary>Who belongs to the fabric, change by change.</summary>
public sealed class HostRosterTests
{
    private static readonly Guid One = Guid.NewGuid(), Two = Guid.NewGuid(), Three = Guid.NewGuid();

    [Fact]
    public void A_host_that_enters_twice_keeps_its_place()
    {
        var roster = Apply(HostRoster.Empty, 5, Observer("o", One));
        Assert.Same(roster, Apply(roster, 9, Observer("o", One)));
        Assert.Equal(5, roster.Hosts["o"].Since);
    }

    [Fact]
    public void A_host_with_a_new_data_folder_takes_its_place_and_its_old_identity_never_comes_back()
    {
        var roster = Apply(HostRoster.Empty, 5, Observer("o", One));
        roster = Apply(roster, 6, Observer("o", Two));
        Assert.Equal((Two, 6), (roster.Hosts["o"].Identity, roster.Hosts["o"].Since));
        Assert.True(roster.IsGone(One));
        Assert.Same(roster, Apply(roster, 7, Observer("o", One)));
    }

    [Fact]
    public void A_host_that_was_removed_is_known_as_gone_and_enters_with_a_new_identity_only()
    {
        var roster = Apply(Apply(HostRoster.Empty, 5, Observer("o", One)), 6, new HostChange.Remove("o"));
        Assert.Empty(roster.Hosts);
        Assert.Same(roster, Apply(roster, 7, Observer("o", One)));
        Assert.Equal(Two, Apply(roster, 8, Observer("o", Two)).Hosts["o"].Identity);
    }

    [Fact]
    public void Nobody_takes_a_vote_by_entering_under_a_voters_name()
    {
        var roster = Apply(HostRoster.Empty, 5, Voter("a", One));
        Assert.Same(roster, Apply(roster, 6, Voter("a", Two)));
        Assert.Same(roster, Apply(roster, 6, Observer("a", Two)));
        Assert.Same(roster, Apply(roster, 6, Observer("a", One)));
    }

    [Fact]
    public void A_vote_changes_hands_from_the_identity_that_has_it_alone()
    {
        var roster = Apply(HostRoster.Empty, 5, Voter("a", One), Observer("o", Three));
        Assert.IsType<ChangeOutcome.Refused>(roster.Apply(6, [new HostChange.Replace("a", Two, Three)]).Refusal);
        Assert.IsType<ChangeOutcome.Refused>(roster.Apply(6, [new HostChange.Replace("o", Three, Two)]).Refusal);
        Assert.IsType<ChangeOutcome.NotFound>(roster.Apply(6, [new HostChange.Replace("x", One, Two)]).Refusal);
        roster = Apply(roster, 7, new HostChange.Replace("a", One, Two));
        Assert.Equal(Two, roster.Hosts["a"].Identity);
        Assert.True(roster.IsGone(One));
        Assert.IsType<ChangeOutcome.Refused>(roster.Apply(8, [new HostChange.Replace("a", Two, One)]).Refusal);
    }

    [Fact]
    public void A_voter_is_not_removed_and_a_set_with_a_refused_change_does_nothing()
    {
        var roster = Apply(HostRoster.Empty, 5, Voter("a", One));
        Assert.IsType<ChangeOutcome.Refused>(roster.Apply(6, [new HostChange.Remove("a")]).Refusal);
        var (next, refusal) = roster.Apply(6, [Observer("o", Two), new HostChange.Remove("x")]);
        Assert.IsType<ChangeOutcome.NotFound>(refusal);
        Assert.Same(roster, next);
    }

    [Fact]
    public void What_is_remembered_of_those_that_left_is_bounded_and_the_oldest_goes()
    {
        var gone = Enumerable.Range(0, Limits.IdentitiesRemembered).Select(static _ => Guid.NewGuid()).ToArray();
        var roster = HostRoster.Restore([new RosterHost("o", "http://h", HostRole.Observer, One, 5)], gone);
        roster = Apply(roster, 6, new HostChange.Remove("o"));
        Assert.Equal([.. gone.Skip(1), One], roster.Gone);
        Assert.False(roster.IsGone(gone[0]));
    }

    private static HostRoster Apply(HostRoster roster, long revision, params HostChange[] changes)
    {
        var (next, refusal) = roster.Apply(revision, [.. changes]);
        Assert.Null(refusal);
        return next;
    }

    private static HostChange.Enter Observer(string name, Guid identity) => new(name, "http://h:1", HostRole.Observer, identity);

    private static HostChange.Enter Voter(string name, Guid identity) => new(name, "http://h:1", HostRole.Voter, identity);
}
