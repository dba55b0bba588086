using DotNext.Net.Cluster.Consensus.Raft;

namespace Fabric.Raft.Replication;

/// <summary>
/// The library's cluster, whose leadership can be given up here alone: what the library offers to everybody asks the other
/// leader to resign where this member does not lead any more.
/// </summary>
internal sealed class ResigningCluster(RaftCluster.TcpConfiguration configuration) : RaftCluster(configuration)
{
    /// <summary>True when this member led and does not any more.</summary>
    public ValueTask<bool> GiveUpLeadershipAsync(CancellationToken token) => ResignAsync(token);
}
