using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;

namespace Fabric.Raft.Log;

/// <summary>Entries of a request from the one at which its producer already stands.</summary>
internal sealed class UnseenEntries<TEntry>(ILogEntryProducer<TEntry> entries) : ILogEntryProducer<TEntry>
    where TEntry : IRaftLogEntry
{
    private bool standing = true;

    public TEntry Current => entries.Current;

    public long RemainingCount => entries.RemainingCount + (standing ? 1 : 0);

    public ValueTask<bool> MoveNextAsync()
    {
        if (!standing)
            return entries.MoveNextAsync();
        standing = false;
        return new ValueTask<bool>(true);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
