using System.Buffers.Binary;
using Fabric.Flags;

namespace Fabric.Bpf.Table;

/// <summary>The two hashes of <c>bpf/flag_hash.h</c>, as far as the writer needs them.</summary>
internal static class NameHash
{
    /// <summary>Of a name padded with zeros to <see cref="Layout.NameBytes"/>.</summary>
    internal static ulong Of(ReadOnlySpan<byte> padded, int length) => TextHash.Of(padded[..length]);

    /// <summary>What a slot keeps of a hash; never 0, which marks a slot that was never used.</summary>
    internal static uint Tag(ulong hash) => (uint)(hash >> 32) | 1;

    /// <summary>murmur3's state after the whole words of <paramref name="seed"/>, and the bytes that are left.</summary>
    internal static (uint Hash, uint Tail) MurmurPrefix(ReadOnlySpan<byte> seed)
    {
        var hash = 0u;
        for (; seed.Length >= sizeof(uint); seed = seed[sizeof(uint)..])
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(seed) * 0xcc9e2d51u;
            hash = uint.RotateLeft(hash ^ (uint.RotateLeft(word, 15) * 0x1b873593u), 13) * 5 + 0xe6546b64u;
        }

        var tail = 0u;
        for (var i = 0; i < seed.Length; i++)
            tail |= (uint)seed[i] << (8 * i);
        return (hash, tail);
    }
}
