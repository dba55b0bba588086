using System.Buffers;
using System.Text;
using MessagePack;

namespace Fabric.Raft.Commands;

/// <summary>Shapes that entries and snapshots share, read from bytes that nobody vouches for.</summary>
internal static class Wire
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What reading bad bytes may throw; everything else is a defect of ours and must be seen.</summary>
    /// <remarks>ArgumentOutOfRangeException is how MessagePack's reader answers a length of more than two gigabytes.</remarks>
    public static bool IsBadInput(Exception thrown) => thrown is
        MessagePackSerializationException or EndOfStreamException or OverflowException or DecoderFallbackException
        or InvalidDataException or ArgumentOutOfRangeException;

    public static void Write(ref MessagePackWriter writer, Guid id)
    {
        writer.Write(id.ToByteArray(bigEndian: true));
    }

    public static void Write(ref MessagePackWriter writer, long? value)
    {
        if (value is { } present)
            writer.Write(present);
        else
            writer.WriteNil();
    }

    public static Guid ReadGuid(ref MessagePackReader reader)
    {
        var bytes = ReadBytes(ref reader, 16);
        return bytes.Length == 16 ? new Guid(bytes, bigEndian: true) : throw new InvalidDataException($"an id has 16 bytes, not {bytes.Length}");
    }

    public static long? ReadOptionalInt64(ref MessagePackReader reader) => reader.TryReadNil() ? null : reader.ReadInt64();

    /// <summary>Reads bytes of which there may be at most <paramref name="limit"/>: checked before they are copied.</summary>
    public static byte[] ReadBytes(ref MessagePackReader reader, int limit)
    {
        var bytes = reader.ReadBytes() ?? throw new InvalidDataException("nil where bytes belong");
        return bytes.Length <= limit ? bytes.ToArray() : throw new InvalidDataException($"{bytes.Length} bytes where at most {limit} belong");
    }

    /// <summary>Reads text without repairing it: what is not UTF-8 is refused, so that decoding gives back exactly what was written.</summary>
    public static string ReadText(ref MessagePackReader reader, int limit)
    {
        var bytes = reader.ReadStringSequence() ?? throw new InvalidDataException("nil where text belongs");
        return bytes.Length <= limit
            ? StrictUtf8.GetString(bytes.ToArray())
            : throw new InvalidDataException($"{bytes.Length} bytes of text where at most {limit} belong");
    }

    public static string? ReadOptionalText(ref MessagePackReader reader, int limit) =>
        reader.TryReadNil() ? null : ReadText(ref reader, limit);

    /// <summary>Reads the length of an array, which the reader holds against the bytes that are left.</summary>
    public static int ReadCount(ref MessagePackReader reader, int limit)
    {
        var count = reader.ReadArrayHeader();
        return count <= limit ? count : throw new InvalidDataException($"{count} elements where at most {limit} belong");
    }

    public static void ExpectCount(ref MessagePackReader reader, int expected)
    {
        var count = reader.ReadArrayHeader();
        if (count != expected)
            throw new InvalidDataException($"{count} elements where {expected} belong");
    }

    public static void ExpectEnd(ref MessagePackReader reader)
    {
        if (!reader.End)
            throw new InvalidDataException("bytes are left over after the end");
    }
}
