using System.Collections.Immutable;
using Fabric.Flags.Changes;

namespace Fabric.Flags.Hosts;

/// <summary>All hosts of a fabric, and the identities that were taken out of it last. Immutable.</summary>
public sealed partial class HostRoster
{
    private readonly ImmutableQueue<Guid> _order;
    private readonly ImmutableHashSet<Guid> _gone;

    private HostRoster(ImmutableSortedDictionary<string, RosterHost> hosts, ImmutableQueue<Guid> order, ImmutableHashSet<Guid> gone) =>
        (Hosts, _order, _gone) = (hosts, order, gone);

    /// <summary>Nobody yet.</summary>
    public static HostRoster Empty { get; } =
        new(ImmutableSortedDictionary.Create<string, RosterHost>(StringComparer.Ordinal), [], []);

    /// <summary>The hosts by name.</summary>
    public ImmutableSortedDictionary<string, RosterHost> Hosts { get; }

    /// <summary>Identities that were taken out, the oldest first; at most <see cref="Limits.IdentitiesRemembered"/>.</summary>
    public IEnumerable<Guid> Gone => _order;

    /// <summary>There is nothing in it.</summary>
    public bool IsEmpty => Hosts.IsEmpty && _gone.IsEmpty && Voters is null;

    /// <summary>A list read back from a snapshot.</summary>
    public static HostRoster Restore(IEnumerable<RosterHost> hosts, IEnumerable<Guid> gone, VoterList? voters = null)
    {
        var all = new HostRoster(Empty.Hosts.AddRange(hosts.Select(static host => KeyValuePair.Create(host.Name, host))), [], []) { Voters = voters };
        return gone.Aggregate(all, static (roster, identity) => roster.Forget(identity));
    }

    /// <summary>The identity was taken out of the fabric.</summary>
    public bool IsGone(Guid identity) => _gone.Contains(identity);

    /// <summary>All changes or none: with a refusal the list is this very one.</summary>
    public (HostRoster Next, ChangeOutcome? Refusal) Apply(long revision, ImmutableArray<HostChange> changes)
    {
        var next = this;
        foreach (var change in changes)
        {
            var (after, refusal) = next.Apply(revision, change);
            if (refusal is not null)
                return (this, refusal);
            next = after;
        }

        return (next, null);
    }

    private (HostRoster Next, ChangeOutcome? Refusal) Apply(long revision, HostChange change) => change switch
    {
        HostChange.Enter enter => (Enter(revision, enter), null),
        HostChange.Remove remove => Remove(remove),
        HostChange.Replace replace => Replace(revision, replace),
        HostChange.Unseat unseat => Unseat(revision, unseat),
        HostChange.Seat seat => Seat(revision, seat),
        _ => throw new InvalidOperationException($"No rule applies a {change.GetType().Name}."),
    };

    private HostRoster Enter(long revision, HostChange.Enter enter)
    {
        var host = new RosterHost(enter.Name, enter.Http, enter.Role, enter.Identity, revision);
        if (_gone.Contains(enter.Identity))
            return this;
        if (!Hosts.TryGetValue(enter.Name, out var known))
            return Hosts.Count < Limits.Hosts ? With(host) : this;
        if (known == host with { Since = known.Since })
            return this;
        // A vote changes hands by changes made for that alone, which are proposed only when that is safe.
        if (known.Role == HostRole.Voter && (known.Identity != enter.Identity || enter.Role != HostRole.Voter))
            return this;
        return known.Identity == enter.Identity ? With(host) : With(host).Forget(known.Identity);
    }

    private (HostRoster Next, ChangeOutcome? Refusal) Remove(HostChange.Remove remove) => Hosts.GetValueOrDefault(remove.Name) switch
    {
        null => (this, new ChangeOutcome.NotFound(remove.Name)),
        { Role: HostRole.Voter } => (this, new ChangeOutcome.Refused(remove.Name, "votes, and a fabric has one voter or three")),
        var host => (new HostRoster(Hosts.Remove(host.Name), _order, _gone) { Voters = Voters }.Forget(host.Identity), null),
    };

    private (HostRoster Next, ChangeOutcome? Refusal) Replace(long revision, HostChange.Replace replace)
    {
        if (Hosts.GetValueOrDefault(replace.Name) is not { } host)
            return (this, new ChangeOutcome.NotFound(replace.Name));
        if (host.Role != HostRole.Voter)
            return (this, new ChangeOutcome.Refused(replace.Name, "does not vote"));
        if (host.Identity != replace.Old || _gone.Contains(replace.New))
            return (this, new ChangeOutcome.Refused(replace.Name, "has changed its identity meanwhile"));
        return replace.New == replace.Old
            ? (this, null)
            : (With(host with { Identity = replace.New, Since = revision }).Forget(replace.Old), null);
    }

    private HostRoster With(RosterHost host) => new(Hosts.SetItem(host.Name, host), _order, _gone) { Voters = Voters };

    private HostRoster Forget(Guid identity)
    {
        var (order, gone) = (_order, _gone);
        while (gone.Count >= Limits.IdentitiesRemembered)
        {
            order = order.Dequeue(out var oldest);
            gone = gone.Remove(oldest);
        }

        return gone.Contains(identity) ? this : new HostRoster(Hosts, order.Enqueue(identity), gone.Add(identity)) { Voters = Voters };
    }
}
