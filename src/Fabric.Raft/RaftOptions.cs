using System.Net;

namespace Fabric.Raft;

/// <summary>A voter of the fabric.</summary>
/// <param name="Name">Its name, unique in the fabric.</param>
/// <param name="Raft">Where it speaks Raft.</param>
public sealed record Member(string Name, IPEndPoint Raft);

/// <summary>How a member takes part.</summary>
public sealed record RaftOptions
{
    internal const int DefaultOperationsRemembered = 10_000;

    /// <summary>This member; one of <see cref="Members"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Where to listen, when that differs from this member's address in <see cref="Members"/>.</summary>
    public IPEndPoint? Bind { get; init; }

    /// <summary>All voters: exactly one or exactly three; two where <see cref="VoteChangesHands"/>.</summary>
    public required IReadOnlyList<Member> Members { get; init; }

    /// <summary>A vote was taken from one and not yet given to another when this member stopped.</summary>
    public bool VoteChangesHands { get; init; }

    /// <summary>Folder of the log and of snapshots; this member's alone.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Flags that a new fabric will hold at most; settled by its first leader.</summary>
    public int Capacity { get; init; } = Fabric.Flags.Limits.DefaultCapacity;

    /// <summary>Shortest time without a leader before an election.</summary>
    public TimeSpan LowerElectionTimeout { get; init; } = TimeSpan.FromMilliseconds(350);

    /// <summary>Longest time without a leader before an election.</summary>
    public TimeSpan UpperElectionTimeout { get; init; } = TimeSpan.FromMilliseconds(650);

    /// <summary>Time that one Raft request may take. Below <see cref="LowerElectionTimeout"/>, or a hung voter blocks elections.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Time that connecting to a voter may take. At most <see cref="RequestTimeout"/>.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Time between two heartbeats of the leader. Several must fit into <see cref="LowerElectionTimeout"/>.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Applied entries after which a snapshot is taken.</summary>
    public int EntriesPerSnapshot { get; init; } = 5_000;

    /// <summary>Bytes of applied entries after which a snapshot is taken, however few entries they are.</summary>
    public long BytesPerSnapshot { get; init; } = 8L * 1024 * 1024;

    /// <summary>Entries that the log goes on beyond a snapshot before it drops those that the snapshot covers, so that a follower that is a little behind need not fetch everything.</summary>
    public int EntriesKeptBehindSnapshot { get; init; } = 1_000;

    /// <summary>Entries that a snapshot from outside must be ahead of the local log for <see cref="RaftConsensus.InstallBeforeStartAsync"/> to take it.</summary>
    public long EntriesBehindForInstall { get; init; } = 2_000;

    /// <summary>Operations whose outcome a new fabric remembers, so that a repeated one is not applied again; settled by its first leader.</summary>
    public int OperationsRemembered { get; init; } = DefaultOperationsRemembered;

    /// <summary>Proposals that may wait for their outcome at once; one more is refused.</summary>
    public int MaxProposalsInFlight { get; init; } = 1_024;

    /// <summary>
    /// Bytes that must be free on the log's disk for anything to be appended: a leader takes no proposal below it, and a
    /// follower none of the leader's entries.
    /// </summary>
    public long MinFreeBytes { get; init; } = 256L * 1024 * 1024;
}
