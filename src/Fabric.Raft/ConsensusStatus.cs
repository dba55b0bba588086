namespace Fabric.Raft;

/// <summary>The part a member plays.</summary>
public enum MemberRole
{
    /// <summary>Not taking part yet, or no more.</summary>
    Stopped,
    Follower,
    Candidate,
    Leader,

    /// <summary>Follows without a vote.</summary>
    Observer,
}

/// <summary>What a member knows of its fabric.</summary>
/// <param name="Role">The part it plays.</param>
/// <param name="Term">Raft's term.</param>
/// <param name="Leader">Name of the leader, null while none is known.</param>
/// <param name="CommitIndex">Log index up to which entries are known to be committed.</param>
/// <param name="AppliedIndex">Log index up to which entries are applied.</param>
/// <param name="LastContact">When a leader was last heard, or led from here; null before the first time.</param>
public sealed record ConsensusStatus(MemberRole Role, long Term, string? Leader, long CommitIndex, long AppliedIndex, DateTimeOffset? LastContact)
{
    /// <summary>It leads, or has heard a leader no longer ago than this.</summary>
    public bool IsInTouch(DateTimeOffset now, TimeSpan within) => Role == MemberRole.Leader || now - LastContact < within;
}
