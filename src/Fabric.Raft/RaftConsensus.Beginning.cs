using Fabric.Raft.Log;

namespace Fabric.Raft;

public sealed partial class RaftConsensus
{
    /// <summary>
    /// Makes a data folder that has never voted this voter's, before <see cref="StartAsync"/>: an empty one, or one in which
    /// this host followed and whose state was sealed. From here on the folder's identity stands for its vote.
    /// </summary>
    /// <param name="identities">The identities of the voters, as far as they are known.</param>
    public void Begin(IReadOnlyDictionary<string, Guid> identities)
    {
        directory ??= DataDirectory.Hold(options.DataDirectory);
        RecordedMembers.Begin(directory, options.Members, identities);
    }
}
