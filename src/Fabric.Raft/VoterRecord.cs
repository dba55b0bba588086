using Fabric.Raft.Log;

namespace Fabric.Raft;

/// <summary>What a voter's data folder says of the voters it began with.</summary>
public static class VoterRecord
{
    /// <summary>
    /// The voters by name, each with the identity it had, null where that is not recorded. Null for a folder that has never
    /// taken part in a vote.
    /// </summary>
    public static IReadOnlyDictionary<string, Guid?>? Read(string dataDirectory) => RecordedMembers.Read(dataDirectory);
}
