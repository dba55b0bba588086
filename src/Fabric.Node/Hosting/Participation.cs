using System.Net;
using System.Net.Sockets;
using Fabric.Flags.Hosts;
using Fabric.Node.Membership;
using Fabric.Node.Options;
using Fabric.Raft;
using Fabric.Raft.Log;
using Fabric.Raft.Observers;

namespace Fabric.Node.Hosting;

/// <summary>How a host takes part in its fabric, as its options and its data folder say.</summary>
internal static class Participation
{
    /// <summary>The data folder's identity.</summary>
    public static Guid IdentityOf(NodeOptions options)
    {
        try
        {
            return HostIdentity.Of(options.DataDirectory);
        }
        catch (Exception failed) when (failed is UnauthorizedAccessException or IOException)
        {
            throw new StartFailedException($"--data {options.DataDirectory}: {failed.Message}", failed);
        }
    }

    /// <summary>What this host takes part by: without a vote, with one, or first without and then with one.</summary>
    public static IConsensus Open(NodeOptions options, NodeParts parts, IReadOnlyList<NodeMember> members, IAppliedSink sinks, ILoggerFactory loggers)
    {
        var following = new ObserverOptions { Name = options.Name, DataDirectory = options.DataDirectory, EntriesPerSnapshot = options.Limits.EntriesPerSnapshot };
        if (options.Join.Count > 0 && options.Raft is null)
            return new ObserverReplica(following, sinks, loggers, parts.Time);
        if (members.Count == 0)
            return Waiting(seated => (RaftConsensus)Voting(Seated(seated!)));
        var voting = Voting(members);
        return voting is RaftConsensus begun && members.Count > 1 && VoterRecord.Read(options.DataDirectory) is null
            ? Waiting(seated => seated is null ? begun : (RaftConsensus)Voting(Seated(seated)))
            : voting;

        WaitingVoter Waiting(Func<VoterList?, RaftConsensus> open) => new(new ObserverReplica(following, sinks, loggers, parts.Time), open);

        IConsensus Voting(IReadOnlyList<NodeMember> voters) => parts.OpenConsensus(RaftOptionsOf(options, voters), sinks, loggers);
    }

    /// <summary>
    /// What a host takes part by that has voted before: the voters by its own disk, where one was replaced since the fabric
    /// began. How it was started says only with whom it began.
    /// </summary>
    /// <exception cref="StartFailedException">Its vote was given to another.</exception>
    public static NodeOptions AsSeated(NodeOptions options)
    {
        if (VoterRecord.Seated(options.DataDirectory) is not { } list)
            return options;
        return list.Has(options.Name)
            ? options with { Members = Seated(list), Join = [] }
            : throw new StartFailedException(
                $"--data {options.DataDirectory}: this data folder's vote was given to another host. Delete it, and start this node with --join to make it follow.");
    }

    /// <summary>The voters of a list as others reach them.</summary>
    public static IReadOnlyList<NodeMember> Seated(VoterList list) =>
        [.. list.Seats.Select(static seat => new NodeMember(seat.Name, IPEndPoint.Parse(seat.Raft), new Uri(seat.Http)))];

    /// <summary>A follower that is no further behind than a fifth of a snapshot's entries gets them from the log.</summary>
    private const int EntriesPerEntryKept = 5;

    private static RaftOptions RaftOptionsOf(NodeOptions options, IReadOnlyList<NodeMember> members) => new()
    {
        Name = options.Name,
        Members = [.. members.Select(member => new Member(member.Name, member.Raft))],
        DataDirectory = options.DataDirectory,
        Capacity = options.Capacity,
        VoteChangesHands = members.Count == 2,
        MinFreeBytes = options.MinFree / 4,
        EntriesPerSnapshot = options.Limits.EntriesPerSnapshot,
        EntriesKeptBehindSnapshot = options.Limits.EntriesPerSnapshot / EntriesPerEntryKept,
    };

    /// <summary>A node alone is a whole fabric, and the one address that nobody else needs is chosen for it.</summary>
    public static IReadOnlyList<NodeMember> MembersOf(NodeOptions options) => options.Members.Count > 0 || options.Join.Count > 0
        ? options.Members
        : [new NodeMember(options.Name, options.Raft ?? FreeLoopbackAddress(), Options.Addresses.BaseOf(options.Http[0]))];

    /// <summary>
    /// Of the whole loopback network rather than of its first address: what is free now is then still free when the log
    /// listens, since nobody else draws the same address.
    /// </summary>
    private static IPEndPoint FreeLoopbackAddress()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var random = new Random();
        probe.Bind(new IPEndPoint(new IPAddress([127, (byte)random.Next(1, 255), (byte)random.Next(256), (byte)random.Next(1, 255)]), 0));
        return (IPEndPoint)probe.LocalEndPoint!;
    }
}
