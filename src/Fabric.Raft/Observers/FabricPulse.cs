namespace Fabric.Raft.Observers;

/// <summary>How the fabric is, as whoever feeds a host says.</summary>
/// <param name="Term">Raft's term.</param>
/// <param name="Leader">The leader's name; null while none is known.</param>
/// <param name="CommitIndex">Index up to which entries are known to be committed.</param>
/// <param name="Contact">True when whoever says it is in touch with a leader itself, by however many hosts in between.</param>
public sealed record FabricPulse(long Term, string? Leader, long CommitIndex, bool Contact);
