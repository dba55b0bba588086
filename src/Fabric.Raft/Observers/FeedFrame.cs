using System.Buffers.Binary;
using System.IO.Hashing;
using Fabric.Raft.Commands;

namespace Fabric.Raft.Observers;

/// <summary>
/// An entry as bytes, the same on the wire and in an observer's journal: u32 length of the entry, i64 previous, i64 index,
/// i64 term, u64 digest, the entry, and XxHash64 of all before it; numbers little endian.
/// </summary>
public static class FeedFrame
{
    private const int HeaderBytes = 4 + 8 + 8 + 8 + 8;
    private const int ChecksumBytes = 8;

    /// <summary>Bytes of the largest frame.</summary>
    public const int MaxBytes = HeaderBytes + CommandCodec.MaxBytes + ChecksumBytes;

    /// <summary>Bytes that an entry takes.</summary>
    public static int SizeOf(FeedEntry entry) => HeaderBytes + entry.Bytes.Length + ChecksumBytes;

    /// <summary>Writes an entry at the beginning of <paramref name="to"/>, and returns how many bytes it took.</summary>
    public static int Write(FeedEntry entry, Span<byte> to)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, entry.Bytes.Length);
        BinaryPrimitives.WriteInt64LittleEndian(to[4..], entry.Previous);
        BinaryPrimitives.WriteInt64LittleEndian(to[12..], entry.Index);
        BinaryPrimitives.WriteInt64LittleEndian(to[20..], entry.Term);
        BinaryPrimitives.WriteUInt64LittleEndian(to[28..], entry.Digest);
        entry.Bytes.Span.CopyTo(to[HeaderBytes..]);
        var end = HeaderBytes + entry.Bytes.Length;
        BinaryPrimitives.WriteUInt64LittleEndian(to[end..], XxHash64.HashToUInt64(to[..end]));
        return end + ChecksumBytes;
    }

    /// <summary>Reads the entry at the beginning of the bytes; null, and nothing is believed, where there is no whole one.</summary>
    /// <param name="from">Any bytes at all.</param>
    /// <param name="taken">Bytes that it took.</param>
    public static FeedEntry? Read(ReadOnlyMemory<byte> from, out int taken)
    {
        taken = 0;
        var bytes = from.Span;
        if (bytes.Length < HeaderBytes + ChecksumBytes)
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length is <= 0 or > CommandCodec.MaxBytes || bytes.Length - HeaderBytes - ChecksumBytes < length)
            return null;
        var end = HeaderBytes + length;
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[end..]) != XxHash64.HashToUInt64(bytes[..end]))
            return null;
        taken = end + ChecksumBytes;
        return new FeedEntry(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[28..]),
            from.Slice(HeaderBytes, length));
    }
}
