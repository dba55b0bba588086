using System.Runtime.CompilerServices;
using DotNext.Net.Cluster.Consensus.Raft;
using Fabric.Raft.Log;
using Microsoft.Extensions.Logging;

namespace Fabric.Raft.Replication;

/// <summary>
/// Frees members that the leader would offer the same snapshot for ever. A member refuses one that is not ahead of what it
/// has committed, and from that refusal the library's leader learns nothing: it happens when the answer to an installation
/// was lost, and when a member came up from a snapshot of its own.
/// </summary>
internal sealed class StuckMembers(DurableLog log, Func<long> snapshotIndex, ILogger logger)
{
    private readonly HashSet<RaftClusterMember> suspects = [];

    /// <summary>
    /// To be called every now and then on the leader. A member that needs a snapshot at two calls in a row is taken to be up
    /// to date, as a new leader takes everybody to be: if it is not, its answer says where it really is.
    /// </summary>
    public void Review(IEnumerable<RaftClusterMember> members)
    {
        foreach (var member in members.Where(static member => member.IsRemote))
        {
            ref var next = ref IReplication.NextIndexOf(member);
            if (Volatile.Read(ref next) > snapshotIndex())
            {
                suspects.Remove(member);
            }
            else if (!suspects.Add(member))
            {
                suspects.Remove(member);
                Volatile.Write(ref next, log.LastEntryIndex + 1);
                Logs.ReplicationReset(logger, member.EndPoint);
            }
        }
    }

    public void Forget() => suspects.Clear();

    /// <summary>Where replication to a member goes on: it has everything before.</summary>
    public static long NextIndexOf(RaftClusterMember member) => Volatile.Read(ref IReplication.NextIndexOf(member));

    /// <summary>
    /// Reaches where replication of a member goes on, which is protected. No type implements this interface: the property it
    /// reads is declared, and implemented, by the one it derives from.
    /// </summary>
    private interface IReplication : IRaftClusterMember
    {
        public static ref long NextIndexOf(RaftClusterMember member) => ref Unsafe.As<IReplication>(member).State.NextIndex;
    }
}
