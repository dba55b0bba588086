using System.Net;
using DotNext.Net.Cluster.Consensus.Raft.Membership;

namespace Fabric.Raft;

/// <summary>The voters, the same fixed list on each of them.</summary>
internal static class Membership
{
    public static void Fix(IClusterConfigurationStorage<EndPoint> storage, IReadOnlyList<Member> members)
    {
        var builder = ((InMemoryClusterConfigurationStorage<EndPoint>)storage).CreateInitialConfigurationBuilder();
        foreach (var member in members)
            builder.Add(member.Raft);
        builder.Build();
    }
}
