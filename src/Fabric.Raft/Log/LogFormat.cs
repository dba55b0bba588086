using DotNext.Net.Cluster.Consensus.Raft.StateMachine;

namespace Fabric.Raft.Log;

/// <summary>How the log lies on the disk. Chunk size and hash can never change for a log that exists.</summary>
internal static class LogFormat
{
    public const int ChunkBytes = 1024 * 1024;

    public static WriteAheadLog.Options Options(string directory) => new()
    {
        Location = directory,
        ChunkSize = ChunkBytes,
        HashAlgorithm = WriteAheadLog.IntegrityHashAlgorithm.XxHash64,

        // On a full disk a mapped page kills the process with SIGBUS; a private one throws.
        MemoryManagement = WriteAheadLog.MemoryManagementStrategy.PrivateMemory,
    };
}
