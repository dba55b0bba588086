namespace Fabric.Raft.Snapshots;

/// <summary>When a snapshot is taken, and when the log may rely on it.</summary>
/// <param name="Entries">Applied entries after which one is due.</param>
/// <param name="Bytes">Bytes of applied entries after which one is due.</param>
/// <param name="EntriesKept">Entries that the log keeps beyond a snapshot before it drops those that the snapshot covers.</param>
internal sealed record SnapshotPolicy(int Entries, long Bytes, int EntriesKept);
