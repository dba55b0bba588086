using Fabric.Flags.Changes;
using Fabric.Flags.Hosts;

namespace Fabric.Flags.Tests.Hosts;

/// <summary>How a vote changes hands.</summary>
public sealed class VoterListTests
{
    private static readonly VoterSeat A = Seat("a"), B = Seat("b"), C = Seat("c"), D = Seat("d"), E = Seat("e");

    [Fact]
    public void A_vote_is_taken_from_one_and_given_to_the_next_and_the_old_identity_is_gone()
    {
        var roster = Apply(Three(), 7, new HostChange.Unseat("c", C.Identity, [A, B], D));
        Assert.Equal(["a", "b"], roster.Voters!.Seats.Select(static seat => seat.Name));
        Assert.Equal((7, D), (roster.Voters.Since, roster.Voters.Awaits));
        Assert.True(roster.IsGone(C.Identity));
        Assert.False(roster.Hosts.ContainsKey("c"));
        Assert.Equal(HostRole.Observer, roster.Hosts["d"].Role);

        roster = Apply(roster, 9, new HostChange.Seat(D));
        Assert.Equal([A, B, D], roster.Voters!.Seats.AsEnumerable());
        Assert.Equal((9, null), (roster.Voters.Since, roster.Voters.Awaits));
        Assert.Equal((HostRole.Voter, D.Identity), (roster.Hosts["d"].Role, roster.Hosts["d"].Identity));
    }

    [Fact]
    public void A_voter_that_lost_its_folder_gets_its_vote_back_under_a_new_identity()
    {
        var fresh = C with { Identity = Guid.NewGuid() };
        var roster = Apply(Apply(Three(), 7, new HostChange.Unseat("c", C.Identity, [A, B], fresh)), 8, new HostChange.Seat(fresh));
        Assert.Equal(fresh.Identity, roster.Hosts["c"].Identity);
        Assert.True(roster.IsGone(C.Identity));
        Assert.False(roster.IsGone(fresh.Identity));
    }

    [Fact]
    public void Only_one_vote_changes_hands_at_a_time()
    {
        var under = Apply(Three(), 7, new HostChange.Unseat("c", C.Identity, [A, B], D));
        Refused(under, new HostChange.Unseat("b", B.Identity, [A, C], E));
        Refused(under, new HostChange.Unseat("b", B.Identity, [A, D], E));
        Refused(under, new HostChange.Seat(E));
        Refused(Three(), new HostChange.Seat(D));
        Refused(Apply(under, 8, new HostChange.Seat(D)), new HostChange.Seat(D));
    }

    [Fact]
    public void A_change_that_was_planned_on_other_voters_changes_nothing()
    {
        Refused(Three(), new HostChange.Unseat("c", Guid.NewGuid(), [A, B], D));
        Refused(Three(), new HostChange.Unseat("c", C.Identity, [A, B with { Identity = Guid.NewGuid() }], D));
        Refused(Three(), new HostChange.Unseat("c", C.Identity, [A, D], E));
        Refused(Three(), new HostChange.Unseat("c", C.Identity, [A], D));
        Refused(Three(), new HostChange.Unseat("c", C.Identity, [A, A], D));
        Refused(Three(), new HostChange.Unseat("d", D.Identity, [A, B], E));
        Refused(Three(), new HostChange.Unseat("c", C.Identity, [A, B], B));
        var moved = Apply(Apply(Three(), 7, new HostChange.Unseat("c", C.Identity, [A, B], D)), 8, new HostChange.Seat(D));
        Refused(moved, new HostChange.Unseat("d", D.Identity, [A, B with { Raft = "10.0.0.9:1" }], E));
        Refused(moved, new HostChange.Unseat("d", D.Identity, [A, B], C));
    }

    [Fact]
    public void What_else_happens_to_hosts_leaves_the_voters_as_they_are()
    {
        var roster = Apply(Apply(Three(), 7, new HostChange.Unseat("c", C.Identity, [A, B], D)), 8, new HostChange.Seat(D));
        var voters = roster.Voters;
        roster = Apply(roster, 9, new HostChange.Enter("x", "http://x", HostRole.Observer, Guid.NewGuid()));
        roster = Apply(roster, 10, new HostChange.Enter("x", "http://x", HostRole.Observer, Guid.NewGuid()));
        roster = Apply(roster, 11, new HostChange.Remove("x"));
        Assert.Same(voters, roster.Voters);
        // It was fed until it heard of its vote: that it observes is old news.
        Assert.Same(roster, Apply(roster, 12, new HostChange.Enter("d", D.Http, HostRole.Observer, D.Identity)));
    }

    [Fact]
    public void Where_a_voter_speaks_must_make_sense()
    {
        Assert.Empty(new HostChange.Seat(D).Problems());
        Assert.NotEmpty(new HostChange.Seat(D with { Raft = "10.0.0.4:0" }).Problems());
        Assert.NotEmpty(new HostChange.Seat(D with { Raft = "somewhere" }).Problems());
        Assert.NotEmpty(new HostChange.Unseat("c", C.Identity, [A, B with { Name = "" }], D).Problems());
    }

    private static VoterSeat Seat(string name) => new(name, "10.0.0.1:7402", $"http://{name}", Guid.NewGuid());

    private static HostRoster Three()
    {
        var roster = HostRoster.Empty;
        foreach (var seat in new[] { A, B, C })
            roster = Apply(roster, 1, new HostChange.Enter(seat.Name, seat.Http, HostRole.Voter, seat.Identity));
        return Apply(roster, 2, new HostChange.Enter("d", D.Http, HostRole.Observer, D.Identity));
    }

    private static HostRoster Apply(HostRoster roster, long revision, HostChange change)
    {
        var (next, refusal) = roster.Apply(revision, [change]);
        Assert.Null(refusal);
        return next;
    }

    private static void Refused(HostRoster roster, HostChange change)
    {
        var (next, refusal) = roster.Apply(50, [change]);
        Assert.IsType<ChangeOutcome.Refused>(refusal);
        Assert.Same(roster, next);
    }
}
