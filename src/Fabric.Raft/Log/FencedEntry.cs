using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft;

namespace Fabric.Raft.Log;

/// <summary>The append was refused under the log's own lock: the term has moved on, so this member must not write in the old one.</summary>
internal sealed class TermHasPassedException() : Exception("The term has moved on, and nothing was appended.");

/// <summary>
/// An entry that a leader writes. The log compares its term while it holds the append lock: a step-down between "am I the
/// leader?" and the append can thus never put an entry of the old term behind entries of the new one. It also tells for
/// certain whether anything was appended.
/// </summary>
internal sealed class FencedEntry(long term, ReadOnlyMemory<byte> content) : IRaftLogEntry
{
    private volatile bool written;

    public long Term => term;

    public ReadOnlyMemory<byte> Content => content;

    /// <summary>False: definitely not in the log. True: it may be.</summary>
    public bool Written
    {
        get => written;
        set => written = value;
    }

    bool DotNext.IO.Log.ILogEntry.IsSnapshot => false;

    long? IDataTransferObject.Length => content.Length;

    bool IDataTransferObject.IsReusable => true;

    ValueTask IDataTransferObject.WriteToAsync<TWriter>(TWriter writer, CancellationToken token) => writer.Invoke(content, token);
}
