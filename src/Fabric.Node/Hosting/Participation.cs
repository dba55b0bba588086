using System.Net;
using System.Net.Sockets;
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
        if (options.Join.Count > 0)
            return new ObserverReplica(following, sinks, loggers, parts.Time);
        var voting = parts.OpenConsensus(RaftOptionsOf(options, members), sinks, loggers);
        return voting is RaftConsensus raft && members.Count > 1 && VoterRecord.Read(options.DataDirectory) is null
            ? new WaitingVoter(new ObserverReplica(following, sinks, loggers, parts.Time), raft)
            : voting;
    }

    /// <summary>A follower that is no further behind than a fifth of a snapshot's entries gets them from the log.</summary>
    private const int EntriesPerEntryKept = 5;

    private static RaftOptions RaftOptionsOf(NodeOptions options, IReadOnlyList<NodeMember> members) => new()
    {
        Name = options.Name,
        Members = [.. members.Select(member => new Member(member.Name, member.Raft))],
        DataDirectory = options.DataDirectory,
        Capacity = options.Capacity,
        MinFreeBytes = options.MinFree / 4,
        EntriesPerSnapshot = options.Limits.EntriesPerSnapshot,
        EntriesKeptBehindSnapshot = options.Limits.EntriesPerSnapshot / EntriesPerEntryKept,
    };

    /// <summary>A node alone is a whole fabric, and the one address that nobody else needs is chosen for it.</summary>
    public static IReadOnlyList<NodeMember> MembersOf(NodeOptions options) => options.Members.Count > 0 || options.Join.Count > 0
        ? options.Members
        : [new NodeMember(options.Name, options.Raft ?? FreeLoopbackPort(), Options.Addresses.BaseOf(options.Http[0]))];

    private static IPEndPoint FreeLoopbackPort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)probe.LocalEndPoint!;
    }
}
