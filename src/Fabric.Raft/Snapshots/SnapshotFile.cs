using System.Globalization;
using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;

namespace Fabric.Raft.Snapshots;

/// <summary>A snapshot on disk that was found good, as the log sends it to another member.</summary>
internal sealed class SnapshotFile(string path, long index, long term) : ISnapshot
{
    private const int CopyBufferBytes = 64 * 1024;

    public string Path { get; } = path;

    public long Index { get; } = index;

    public long Term { get; } = term;

    long? IDataTransferObject.Length { get; } = new FileInfo(path).Length;

    bool IDataTransferObject.IsReusable => true;

    async ValueTask IDataTransferObject.WriteToAsync<TWriter>(TWriter writer, CancellationToken token)
    {
        await using var stream = new FileStream(
            Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, CopyBufferBytes, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await writer.CopyFromAsync(stream, null, token);
    }

    /// <summary>The name of a snapshot's file, which tells what it holds before it is opened.</summary>
    public static string NameOf(long index, long term) => string.Create(CultureInfo.InvariantCulture, $"{index}-{term}.snapshot");

    public static bool TryParseName(string name, out long index, out long term)
    {
        (index, term) = (0, 0);
        var parts = System.IO.Path.GetFileNameWithoutExtension(name).Split('-');
        return System.IO.Path.GetExtension(name) == ".snapshot" && parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out index)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out term);
    }
}
