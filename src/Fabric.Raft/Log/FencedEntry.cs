using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft;

namespace Fabric.Raft.Log;

/// <summary>The append was refused under the log's own lock: the term has moved on, so this member must not write in the old one.</summary>
internal sealed class TermHasPassedException() : Exception("The term has moved on, and nothing was appended.");

/// <summary>
/// An entry that a leader writes. The log asks for its bytes while it holds the append lock, and that is where the term is
/// compared: a step-down between "am I the leader?" and the append can thus never put an entry of the old term behind
/// entries of the new one. It also tells for certain whether anything was appended.
/// </summary>
internal sealed class FencedEntry(DurableLog log, long term, ReadOnlyMemory<byte> content) : IRaftLogEntry
{
    private volatile bool written;

    public long Term => term;

    /// <summary>False: definitely not in the log. True: it may be.</summary>
    public bool Written => written;

    bool DotNext.IO.Log.ILogEntry.IsSnapshot => false;

    long? IDataTransferObject.Length => content.Length;

    bool IDataTransferObject.IsReusable => true;

    // The bytes are never handed out directly: the log must come through WriteToAsync, where the fence is.
    bool IDataTransferObject.TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        memory = default;
        return false;
    }

    ValueTask IDataTransferObject.WriteToAsync<TWriter>(TWriter writer, CancellationToken token)
    {
        if (log.CurrentTerm != term)
            return ValueTask.FromException(new TermHasPassedException());
        written = true;
        return writer.Invoke(content, token);
    }
}
