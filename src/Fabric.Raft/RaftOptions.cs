using System.Net;

namespace Fabric.Raft;

/// <summary>A voter of the fabric.</summary>
/// <param name="Name">Its name, unique in the fabric.</param>
/// <param name="Raft">Where it speaks Raft.</param>
public sealed record Member(string Name, IPEndPoint Raft);

/// <summary>How a member takes part.</summary>
public sealed record RaftOptions
{
    /// <summary>This member; one of <see cref="Members"/>.</summary>
    public required string Name { get; init; }

    /// <summary>All voters: exactly one or exactly three.</summary>
    public required IReadOnlyList<Member> Members { get; init; }

    /// <summary>Folder of the log and of snapshots; this member's alone.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Flags that a new fabric will hold at most; settled by its first leader.</summary>
    public int Capacity { get; init; } = Fabric.Flags.Limits.DefaultCapacity;

    /// <summary>Shortest time without a leader before an election.</summary>
    public TimeSpan LowerElectionTimeout { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Longest time without a leader before an election.</summary>
    public TimeSpan UpperElectionTimeout { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>Time that one Raft request may take. Below <see cref="LowerElectionTimeout"/>, or a hung voter blocks elections.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Time that connecting to a voter may take. At most <see cref="RequestTimeout"/>.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Applied entries after which a snapshot is taken.</summary>
    public int EntriesPerSnapshot { get; init; } = 5_000;

    /// <summary>Proposals that may wait for their outcome at once; one more is refused.</summary>
    public int MaxProposalsInFlight { get; init; } = 1_024;

    /// <summary>Bytes that must be free on the log's disk for a proposal to be taken.</summary>
    public long MinFreeBytes { get; init; } = 256L * 1024 * 1024;
}
