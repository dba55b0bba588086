using Fabric.Flags.Changes;

namespace Fabric.Flags.Hosts;

/// <summary>
/// How a vote changes hands: first the one loses it, and two are left whose majority is both; then the other gets it. The
/// second step is proposed only when both of the two live by the first.
/// </summary>
public sealed partial class HostRoster
{
    /// <summary>The voters; null while they are those with which the fabric began.</summary>
    public VoterList? Voters { get; private init; }

    private (HostRoster Next, ChangeOutcome? Refusal) Unseat(long revision, HostChange.Unseat unseat)
    {
        if (Hosts.GetValueOrDefault(unseat.Name) is not { Role: HostRole.Voter } host || host.Identity != unseat.Identity)
            return Refuse(unseat, "does not vote with that identity any more");
        var names = unseat.Others.Select(static seat => seat.Name).ToHashSet(StringComparer.Ordinal);
        if (unseat.Others.Length != VoterList.Whole - 1 || names.Count != VoterList.Whole - 1 || names.Contains(unseat.Name)
            || unseat.Others.Any(seat => Hosts.GetValueOrDefault(seat.Name) is not { Role: HostRole.Voter } other || other.Identity != seat.Identity))
            return Refuse(unseat, "is not one of three voters, and only of three can one be replaced");
        if (Voters is { } now && (now.Seats.Length != VoterList.Whole || !now.Seats.Where(seat => seat.Name != unseat.Name).ToHashSet().SetEquals(unseat.Others)))
            return Refuse(unseat, "is one of other voters meanwhile");
        if (WhyNot(unseat.Next, unseat.Name) is { } reason)
            return (this, new ChangeOutcome.Refused(unseat.Next.Name, reason));
        var without = new HostRoster(Hosts.Remove(unseat.Name), _order, _gone) { Voters = new VoterList(revision, unseat.Others, unseat.Next) };
        return (without.Forget(unseat.Identity), null);
    }

    private (HostRoster Next, ChangeOutcome? Refusal) Seat(long revision, HostChange.Seat seat)
    {
        if (Voters is not { Awaits: { } next } voters || next != seat.Next)
            return Refuse(seat, "is not awaited as a voter");
        if (WhyNot(next, null) is { } reason)
            return Refuse(seat, reason);
        var old = Hosts.GetValueOrDefault(seat.Name)?.Identity;
        var host = new RosterHost(seat.Name, next.Http, HostRole.Voter, next.Identity, revision);
        var seated = new HostRoster(Hosts.SetItem(seat.Name, host), _order, _gone) { Voters = new VoterList(revision, voters.Seats.Add(next), null) };
        return (old is { } other && other != next.Identity ? seated.Forget(other) : seated, null);
    }

    /// <summary>Why a host cannot get a vote; the name of the voter that loses its own is free.</summary>
    private string? WhyNot(VoterSeat next, string? freed)
    {
        if (_gone.Contains(next.Identity))
            return "has an identity that was taken out of the fabric";
        return next.Name != freed && Hosts.GetValueOrDefault(next.Name) is { Role: HostRole.Voter } ? "votes already" : null;
    }

    private (HostRoster Next, ChangeOutcome? Refusal) Refuse(HostChange change, string reason) => (this, new ChangeOutcome.Refused(change.Name, reason));
}
