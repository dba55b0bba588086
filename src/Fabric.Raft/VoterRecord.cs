using Fabric.Flags.Hosts;
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

    /// <summary>
    /// The voters by which this one lives, where one was replaced since the log was begun. Null otherwise, and for a folder
    /// that has never taken part in a vote.
    /// </summary>
    /// <exception cref="LogUnusableException">What is there is no list of voters.</exception>
    public static VoterList? Seated(string dataDirectory) => Read(dataDirectory) is null ? null : SeatedVoters.Read(dataDirectory);
}
