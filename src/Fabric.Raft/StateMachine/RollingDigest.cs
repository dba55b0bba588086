using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace Fabric.Raft.StateMachine;

/// <summary>One number for everything applied so far: two hosts that differ in it at one index have diverged.</summary>
internal static class RollingDigest
{
    public static ulong Next(ulong previous, long index, ReadOnlySequence<byte> entry)
    {
        var hash = new XxHash3();
        Span<byte> head = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(head, previous);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], index);
        hash.Append(head);
        foreach (var part in entry)
            hash.Append(part.Span);
        return hash.GetCurrentHashAsUInt64();
    }
}
