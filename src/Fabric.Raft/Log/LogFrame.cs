using System.Buffers.Binary;
using System.IO.Hashing;

namespace Fabric.Raft.Log;

/// <summary>What is written at once: entries that follow one another, and what was known to be committed then.</summary>
/// <param name="Commit">Last index known to be committed.</param>
/// <param name="Entries">May be empty. The first of them ends whatever stood at its index and behind it.</param>
internal readonly record struct LogFrame(long Commit, IReadOnlyList<StoredEntry> Entries)
{
    /// <summary>A disk writes a sector of it wholly or not at all.</summary>
    public const int SectorBytes = 512;

    /// <summary>Frames begin at multiples of it, so that no head lies in two sectors.</summary>
    public const int Alignment = 16;

    private const int HeadBytes = 16;
    private const int FixedBytes = 8 + 8 + 4;
    private const int PerEntryBytes = 8 + 4;

    // Ends every frame: its last sector is thus never all zero, as one is that was not written.
    private const byte Filler = 0xFF;

    /// <summary>Bytes that it takes in a file.</summary>
    public int Size => Aligned(HeadBytes + FixedBytes + Entries.Sum(static entry => PerEntryBytes + entry.Bytes.Length) + 1);

    /// <summary>Writes it into a buffer of <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> to)
    {
        var body = to[HeadBytes..];
        BinaryPrimitives.WriteInt64LittleEndian(body, Commit);
        BinaryPrimitives.WriteInt64LittleEndian(body[8..], Entries.Count > 0 ? Entries[0].Index : 0);
        BinaryPrimitives.WriteInt32LittleEndian(body[16..], Entries.Count);
        var rest = body[FixedBytes..];
        foreach (var entry in Entries)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, entry.Term);
            BinaryPrimitives.WriteInt32LittleEndian(rest[8..], entry.Bytes.Length);
            entry.Bytes.Span.CopyTo(rest[PerEntryBytes..]);
            rest = rest[(PerEntryBytes + entry.Bytes.Length)..];
        }

        rest.Fill(Filler);
        BinaryPrimitives.WriteInt32LittleEndian(to, to.Length);
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], ~to.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], XxHash64.HashToUInt64(body, to.Length));
    }

    /// <summary>Reads one from the front of what is left of a file; null where none stands there whole.</summary>
    public static LogFrame? Read(ReadOnlyMemory<byte> from, out int size)
    {
        size = SizeAt(from.Span);
        if (size <= 0 || size > from.Length)
            return null;
        var body = from[HeadBytes..size];
        return BinaryPrimitives.ReadUInt64LittleEndian(from.Span[8..]) == XxHash64.HashToUInt64(body.Span, size) ? Parse(body) : null;
    }

    /// <summary>The size of the frame that was begun here: 0 where none was, negative where its head has rotted.</summary>
    public static int SizeAt(ReadOnlySpan<byte> at)
    {
        if (at.Length < HeadBytes || !at[..HeadBytes].ContainsAnyExcept((byte)0))
            return 0;
        var size = BinaryPrimitives.ReadInt32LittleEndian(at);
        return size == ~BinaryPrimitives.ReadInt32LittleEndian(at[4..]) && size > HeadBytes + FixedBytes && size % Alignment == 0 ? size : -1;
    }

    private static LogFrame Parse(ReadOnlyMemory<byte> body)
    {
        var span = body.Span;
        var index = BinaryPrimitives.ReadInt64LittleEndian(span[8..]);
        var entries = new StoredEntry[BinaryPrimitives.ReadInt32LittleEndian(span[16..])];
        var at = FixedBytes;
        for (var i = 0; i < entries.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(span[(at + 8)..]);
            entries[i] = new StoredEntry(index + i, BinaryPrimitives.ReadInt64LittleEndian(span[at..]), body.Slice(at + PerEntryBytes, length));
            at += PerEntryBytes + length;
        }

        return new LogFrame(BinaryPrimitives.ReadInt64LittleEndian(span), entries);
    }

    private static int Aligned(int bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
