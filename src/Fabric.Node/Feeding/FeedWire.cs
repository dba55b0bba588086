using Fabric.Node.Fleet;

namespace Fabric.Node.Feeding;

/// <summary>What a message between a host and the one that feeds it says: its first byte.</summary>
internal enum FeedKind : byte
{
    /// <summary>Observer, first: <see cref="HelloWire"/>.</summary>
    Hello = 1,

    /// <summary>Observer, then: <see cref="ProgressWire"/>, at once when something has moved and else as a sign of life.</summary>
    Progress = 2,

    /// <summary>Feeder: entries as <see cref="Fabric.Raft.Observers.FeedFrame"/> writes them, one behind the other.</summary>
    Entries = 10,

    /// <summary>Feeder: <see cref="PulseWire"/>, also as a sign of life.</summary>
    Pulse = 11,

    /// <summary>Feeder, last: what follows is no longer kept; a snapshot is needed first.</summary>
    TooFarBehind = 12,

    /// <summary>Feeder, last: at the same index the two have different digests.</summary>
    Diverged = 13,

    /// <summary>Feeder, last: <see cref="RefusedWire"/>.</summary>
    Refused = 14,
}

/// <summary>Who wants to be fed, and from where on.</summary>
/// <param name="Version">Of what the two say to each other.</param>
/// <param name="Name">Its name.</param>
/// <param name="Http">The base address of its API.</param>
/// <param name="Fabric">The fabric whose log it has; null where it has none.</param>
/// <param name="Index">How far it is.</param>
/// <param name="Digest">The digest there.</param>
/// <param name="Identity">Its data folder's identity.</param>
/// <param name="Waits">It may have a vote that it has not heard of yet.</param>
internal sealed record HelloWire(int Version, string Name, string Http, Guid? Fabric, long Index, string Digest, Guid? Identity = null, bool Waits = false);

/// <summary>How far hosts are; only those of which something has changed.</summary>
internal sealed record ProgressWire(IReadOnlyList<HostWire> Hosts);

/// <summary>How far a host is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Http">The base address of its API.</param>
/// <param name="Applied">Index of the last entry that it has applied.</param>
/// <param name="Table">Index up to which its programs see entries; 0 before its table is written.</param>
/// <param name="Silent">Milliseconds since it was last heard by whoever feeds it.</param>
/// <param name="Gone">It is not connected any more.</param>
/// <param name="Identity">Its data folder's identity, where that is known.</param>
internal sealed record HostWire(string Name, string Http, long Applied, long Table, long Silent, bool Gone, Guid? Identity = null)
{
    public static HostWire From(HostProgress host, DateTimeOffset now) => new(
        host.Name, host.Http, host.Applied, host.Table, (long)Math.Max(0, (now - host.Heard).TotalMilliseconds), !host.Connected, host.Identity);

    public HostProgress ToProgress(DateTimeOffset now) =>
        new(Name, Http, Applied, Table, now - TimeSpan.FromMilliseconds(Math.Max(0, Silent)), !Gone, Identity);
}

/// <summary>How the fabric is.</summary>
/// <param name="Term">Raft's term.</param>
/// <param name="Leader">The leader; null while none is known.</param>
/// <param name="Commit">Index up to which entries are known to be committed.</param>
/// <param name="Contact">Whoever says it is in touch with a leader.</param>
/// <param name="Voters">All voters.</param>
/// <param name="Path">The hosts between a voter and the receiver, that voter first.</param>
internal sealed record PulseWire(long Term, string? Leader, long Commit, bool Contact, IReadOnlyList<VoterWire> Voters, IReadOnlyList<string> Path);

/// <summary>A voter as others reach it.</summary>
internal sealed record VoterWire(string Name, string Raft, string Http);

/// <summary>Why a host is not fed.</summary>
/// <param name="Reason">In words.</param>
/// <param name="Try">Base addresses of hosts that may feed it instead.</param>
internal sealed record RefusedWire(string Reason, IReadOnlyList<string> Try);
