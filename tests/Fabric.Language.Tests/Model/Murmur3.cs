using System.Numerics;
using System.Text;

namespace Fabric.Language.Tests.Model;

/// <summary>murmur3_x86_32 with seed 0, as plainly as it can be said.</summary>
internal static class Murmur3
{
    internal static uint Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var hash = 0u;
        for (var i = 0; i < bytes.Length / 4; i++)
            hash = BitOperations.RotateLeft(hash ^ Scramble(BitConverter.ToUInt32(bytes, i * 4)), 13) * 5 + 0xe6546b64;
        var last = 0u;
        for (var i = bytes.Length - 1; i >= bytes.Length / 4 * 4; i--)
            last = last << 8 | bytes[i];
        hash ^= bytes.Length % 4 == 0 ? 0 : Scramble(last);
        hash ^= (uint)bytes.Length;
        hash = (hash ^ hash >> 16) * 0x85ebca6b;
        hash = (hash ^ hash >> 13) * 0xc2b2ae35;
        return hash ^ hash >> 16;
    }

    private static uint Scramble(uint word) => BitOperations.RotateLeft(word * 0xcc9e2d51, 15) * 0x1b873593;
}
