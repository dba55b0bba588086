using System.Net;
using DotNext.Net.Cluster.Consensus.Raft.Membership;

namespace Fabric.Raft;

/// <summary>The voters as the library is told them at the start.</summary>
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
