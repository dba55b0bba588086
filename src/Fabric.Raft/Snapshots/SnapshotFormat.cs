using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using Fabric.Raft.StateMachine;

namespace Fabric.Raft.Snapshots;

/// <summary>What reading a snapshot came to.</summary>
internal abstract record SnapshotRead
{
    private SnapshotRead() { }

    public sealed record Good(MachineState State) : SnapshotRead;

    public sealed record Bad(string Because) : SnapshotRead;

    /// <summary>Whole, and of a version that is not known here: there is nothing wrong with it.</summary>
    public sealed record Newer(uint Version) : SnapshotRead
    {
        public string Sentence => $"it is of version {Version}, which a newer build wrote, and this build reads versions {SnapshotFormat.WithoutHistory} to {SnapshotFormat.Version}";
    }
}

/// <summary>
/// A snapshot as bytes: magic, version, index, term and length of the body, the body, and a checksum of all before it.
/// Nothing in it is believed before the length and the checksum are right.
/// </summary>
internal static class SnapshotFormat
{
    /// <summary>The version that is written.</summary>
    public const uint Version = 2;

    /// <summary>The version before, which is read as well.</summary>
    public const uint WithoutHistory = 1;

    /// <summary>Bytes of the largest snapshot that is read; above what the largest state comes to.</summary>
    public const long MaxBytes = 128L * 1024 * 1024;

    public const int HeaderBytes = 8 + 4 + 8 + 8 + 8;
    private const int ChecksumBytes = 8;
    private static ReadOnlySpan<byte> Magic => "FABRSNAP"u8;

    public static byte[] Write(MachineState state)
    {
        var body = SnapshotBody.Write(state);
        var whole = new byte[HeaderBytes + body.Length + ChecksumBytes];
        Magic.CopyTo(whole);
        BinaryPrimitives.WriteUInt32LittleEndian(whole.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(whole.AsSpan(12), state.Fabric.AppliedIndex);
        BinaryPrimitives.WriteInt64LittleEndian(whole.AsSpan(20), state.Term);
        BinaryPrimitives.WriteInt64LittleEndian(whole.AsSpan(28), body.Length);
        body.CopyTo(whole.AsSpan(HeaderBytes));
        var checksum = XxHash64.HashToUInt64(whole.AsSpan(0, whole.Length - ChecksumBytes));
        BinaryPrimitives.WriteUInt64LittleEndian(whole.AsSpan(whole.Length - ChecksumBytes), checksum);
        return whole;
    }

    /// <summary>Reads any bytes at all. What they are not good for is a value, never an exception.</summary>
    public static SnapshotRead Read(ReadOnlyMemory<byte> whole)
    {
        if (WhyNotWhole(whole.Span) is { } because)
            return new SnapshotRead.Bad(because);
        if (VersionOf(whole.Span) > Version)
            return new SnapshotRead.Newer(VersionOf(whole.Span));

        var index = BinaryPrimitives.ReadInt64LittleEndian(whole.Span[12..]);
        var term = BinaryPrimitives.ReadInt64LittleEndian(whole.Span[20..]);
        return SnapshotBody.Read(new ReadOnlySequence<byte>(whole[HeaderBytes..^ChecksumBytes]), VersionOf(whole.Span), index, term);
    }

    /// <summary>What forbids to believe the bytes, or null when they are whole and of a version that is read here.</summary>
    private static string? WhyNotWhole(ReadOnlySpan<byte> whole)
    {
        if (whole.Length < HeaderBytes + ChecksumBytes)
            return $"it has {whole.Length} bytes, and the shortest has {HeaderBytes + ChecksumBytes}";
        if (!whole[..8].SequenceEqual(Magic))
            return "it does not begin as a snapshot does";

        var promised = BinaryPrimitives.ReadInt64LittleEndian(whole[28..]);
        if (promised != whole.Length - HeaderBytes - ChecksumBytes)
            return $"its header promises a body of {promised} bytes, and there are {whole.Length - HeaderBytes - ChecksumBytes}";
#if FABRIC_PLANTS
        if (Fabric.Flags.Plant.Is("snapshot-unchecked"))
            return null;
#endif
        if (XxHash64.HashToUInt64(whole[..^ChecksumBytes]) != BinaryPrimitives.ReadUInt64LittleEndian(whole[^ChecksumBytes..]))
            return "its checksum is wrong";

        var version = VersionOf(whole);
        return version >= WithoutHistory ? null : $"it is of version {version}, and this build reads versions {WithoutHistory} to {Version}";
    }

    private static uint VersionOf(ReadOnlySpan<byte> whole) => BinaryPrimitives.ReadUInt32LittleEndian(whole[8..]);
}
