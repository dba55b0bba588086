using System.Buffers.Binary;

namespace Fabric.Raft.Log;

/// <summary>How far a log on disk goes, read without opening it.</summary>
/// <param name="CommitIndex">Last index known to be committed when the log was last flushed.</param>
/// <param name="LastIndex">Last index in it.</param>
internal readonly record struct LogHead(long CommitIndex, long LastIndex)
{
    private const int VersionBytes = 4;
    private const uint Known = 1;

    /// <summary>Reads the log's checkpoint; nothing where there is none, or one of a format that only the log itself may judge.</summary>
    public static LogHead Read(string logDirectory)
    {
        var path = Path.Combine(logDirectory, "checkpoint");
        if (!File.Exists(path))
            return default;
        var bytes = File.ReadAllBytes(path);
        return bytes.Length >= VersionBytes + 16 && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Known
            ? new LogHead(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(VersionBytes)), BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(VersionBytes + 8)))
            : default;
    }
}
