using Fabric.Raft;

namespace Fabric.Node.Membership;

/// <summary>The member that votes behind whatever a host takes part by.</summary>
internal static class Voting
{
    /// <summary>Null on a host that has no vote.</summary>
    public static RaftConsensus? Member(this IConsensus consensus) => consensus switch
    {
        RaftConsensus raft => raft,
        WaitingVoter waiting => waiting.Votes,
        _ => null,
    };
}
