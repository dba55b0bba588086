using System.Buffers.Binary;
using System.Text;

namespace Fabric.Flags;

/// <summary>The hash of texts and numbers that <c>bpf/flag_hash.h</c> has, too.</summary>
public static class TextHash
{
    private const ulong Start = 0x9e3779b97f4a7c15UL;

    /// <summary>flag_text_hash: of bytes of any number.</summary>
    public static ulong Of(ReadOnlySpan<byte> text)
    {
        var hash = Start ^ (ulong)text.Length;
        for (; text.Length >= sizeof(ulong); text = text[sizeof(ulong)..])
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(text));
        if (text.Length > 0)
        {
            Span<byte> last = stackalloc byte[sizeof(ulong)];
            last.Clear();
            text.CopyTo(last);
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(last));
        }

        return Finish(hash);
    }

    /// <summary>flag_number_hash: of a number, so that an integer and the double with the same bits differ.</summary>
    public static ulong OfNumber(byte type, long bits) => Finish(Mix(Start ^ type, (ulong)bits));

    /// <summary>What tells a flag's variants apart: the lower half of the name's hash.</summary>
    public static uint OfName(string name) => (uint)Of(Encoding.UTF8.GetBytes(name));

    private static ulong Mix(ulong hash, ulong word)
    {
        hash = (hash ^ word) * 0xff51afd7ed558ccdUL;
        return hash ^ (hash >> 32);
    }

    private static ulong Finish(ulong hash)
    {
        hash *= 0xc4ceb9fe1a85ec53UL;
        return hash ^ (hash >> 29);
    }
}
