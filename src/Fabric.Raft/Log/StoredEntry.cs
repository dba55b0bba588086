using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft;

namespace Fabric.Raft.Log;

/// <summary>An entry of the log. Immutable, so whoever reads holds no lock.</summary>
internal sealed class StoredEntry(long index, long term, ReadOnlyMemory<byte> bytes) : IRaftLogEntry
{
    public long Index => index;

    public long Term => term;

    /// <summary>Empty in the entry that a new leader begins with.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    bool DotNext.IO.Log.ILogEntry.IsSnapshot => false;

    long? IDataTransferObject.Length => bytes.Length;

    bool IDataTransferObject.IsReusable => true;

    bool IDataTransferObject.TryGetMemory(out ReadOnlyMemory<byte> memory)
    {
        memory = bytes;
        return true;
    }

    ValueTask IDataTransferObject.WriteToAsync<TWriter>(TWriter writer, CancellationToken token) => writer.Invoke(bytes, token);

    /// <exception cref="NotSupportedException">It changes the members, which are fixed here.</exception>
    public static async ValueTask<StoredEntry> OfAsync<TEntry>(TEntry entry, long index, CancellationToken token)
        where TEntry : IRaftLogEntry
    {
        if (entry.IsConfiguration || entry.IsSnapshot)
            throw new NotSupportedException("The members of a fabric never change by an entry of its log, and a snapshot is none.");
        return new StoredEntry(index, entry.Term, await entry.ToByteArrayAsync(token: token));
    }
}
