namespace Fabric.Raft.Observers;

/// <summary>How a host follows a fabric without voting.</summary>
public sealed record ObserverOptions
{
    /// <summary>Its name, unique in the fabric.</summary>
    public required string Name { get; init; }

    /// <summary>Folder of its journal and of snapshots; this host's alone.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Applied entries after which a snapshot is taken.</summary>
    public int EntriesPerSnapshot { get; init; } = 5_000;

    /// <summary>Bytes of the journal after which a snapshot is taken.</summary>
    public long BytesPerSnapshot { get; init; } = 8L * 1024 * 1024;

    /// <summary>Entries that are kept for hosts that follow this one.</summary>
    public int EntriesFed { get; init; } = 10_000;

    /// <summary>Bytes of entries that are kept for hosts that follow this one.</summary>
    public long BytesFed { get; init; } = 16L * 1024 * 1024;
}
