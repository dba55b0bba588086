using System.Collections.Immutable;
using Fabric.Flags.Changes;
using Fabric.Flags.Hosts;

namespace Fabric.Node.Membership;

/// <summary>Changes of the list of hosts on their way to the leader.</summary>
/// <param name="Operation">Names the attempt.</param>
/// <param name="Changes">The changes.</param>
internal sealed record HostChangesWire(Guid Operation, IReadOnlyList<HostChangeWire> Changes)
{
    public static HostChangesWire From(ChangeSet set) => new(set.OperationId, [.. set.Hosts.Select(HostChangeWire.From)]);

    /// <summary>The change set; null where a change makes no sense.</summary>
    public ChangeSet? ToChanges()
    {
        var changes = Changes.Select(static change => change.ToChange()).ToImmutableArray();
        return changes.Contains(null) ? null : new ChangeSet(Operation, []) { Hosts = changes! };
    }
}

/// <summary>
/// One of them: with an address a host that enters, with a former identity one that is replaced, with a next voter one whose
/// vote changes hands, else one that is removed.
/// </summary>
internal sealed record HostChangeWire(string Name, string? Http, bool Votes, Guid? Identity, Guid? Old)
{
    /// <summary>The two voters that keep their votes, where one loses its own.</summary>
    public IReadOnlyList<VoterSeat>? Others { get; init; }

    /// <summary>Who is to have the vote.</summary>
    public VoterSeat? Next { get; init; }

    public static HostChangeWire From(HostChange change) => change switch
    {
        HostChange.Enter enter => new HostChangeWire(enter.Name, enter.Http, enter.Role == HostRole.Voter, enter.Identity, null),
        HostChange.Replace replace => new HostChangeWire(replace.Name, null, Votes: true, replace.New, replace.Old),
        HostChange.Unseat unseat => Bare(unseat.Name) with { Identity = unseat.Identity, Others = unseat.Others, Next = unseat.Next },
        HostChange.Seat seat => Bare(seat.Name) with { Next = seat.Next },
        _ => Bare(change.Name),
    };

    public HostChange? ToChange() => this switch
    {
        { Http: null, Identity: { } identity, Old: null, Others: { } others, Next: { } next } => new HostChange.Unseat(Name, identity, [.. others], next),
        { Http: null, Identity: null, Old: null, Others: null, Next: { } next } when next.Name == Name => new HostChange.Seat(next),
        { Others: not null } or { Next: not null } => null,
        { Http: { } http, Identity: { } identity, Old: null } => new HostChange.Enter(Name, http, Votes ? HostRole.Voter : HostRole.Observer, identity),
        { Http: null, Identity: { } fresh, Old: { } old } => new HostChange.Replace(Name, old, fresh),
        { Http: null, Identity: null, Old: null } => new HostChange.Remove(Name),
        _ => null,
    };

    private static HostChangeWire Bare(string name) => new(name, null, Votes: false, null, null);
}
