using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Fabric.Node.Evaluation;

/// <summary>murmur3_x86_32 with seed 0 over a text's UTF-8: what divides callers into buckets, here and in flagd.</summary>
internal static class Murmur3
{
    private const uint C1 = 0xcc9e2d51;
    private const uint C2 = 0x1b873593;

    public static uint Hash(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var rest = bytes.AsSpan();
        var hash = 0u;
        for (; rest.Length >= 4; rest = rest[4..])
            hash = (BitOperations.RotateLeft(hash ^ Scramble(BinaryPrimitives.ReadUInt32LittleEndian(rest)), 13) * 5) + 0xe6546b64;

        var tail = 0u;
        for (var i = rest.Length - 1; i >= 0; i--)
            tail = (tail << 8) | rest[i];
        hash ^= Scramble(tail);
        return Finish(hash ^ (uint)bytes.Length);
    }

    private static uint Scramble(uint word) => BitOperations.RotateLeft(word * C1, 15) * C2;

    private static uint Finish(uint hash)
    {
        hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
        return hash ^ (hash >> 16);
    }
}
