using System.Text;

namespace Fabric.Language.Tests.Model;

/// <summary>murmur3_x86_32 with seed 0.</summary>
internal static class Murmur3
{
    internal static uint Hash(string text) => Hash(Encoding.UTF8.GetBytes(text));

    internal static uint Hash(byte[] bytes)
    {
        unchecked
        {
            uint hash = 0;
            var at = 0;
            for (; at + 4 <= bytes.Length; at += 4)
            {
                var word = bytes[at] | (uint)bytes[at + 1] << 8 | (uint)bytes[at + 2] << 16 | (uint)bytes[at + 3] << 24;
                hash ^= Scrambled(word);
                hash = RotateLeft(hash, 13) * 5 + 0xe6546b64;
            }

            uint tail = 0;
            for (var i = bytes.Length - 1; i >= at; i--)
                tail = tail << 8 | bytes[i];
            hash ^= Scrambled(tail);

            hash ^= (uint)bytes.Length;
            hash ^= hash >> 16;
            hash *= 0x85ebca6b;
            hash ^= hash >> 13;
            hash *= 0xc2b2ae35;
            hash ^= hash >> 16;
            return hash;
        }
    }

    private static uint Scrambled(uint word) => unchecked(RotateLeft(word * 0xcc9e2d51, 15) * 0x1b873593);

    private static uint RotateLeft(uint value, int by) => value << by | value >> (32 - by);
}
