using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fabric.Bpf.Table.Encoding;
using Fabric.Flags;

namespace Fabric.Bpf.Tests.Table;

/// <summary>Reads a block as <c>bpf/flag_program.h</c> says, checking what it says of every part.</summary>
internal sealed unsafe class BlockReader
{
    private readonly byte[] _bytes;

    internal BlockReader(byte[] bytes)
    {
        _bytes = bytes;
        Assert.Equal((uint)bytes.Length, Head.Bytes);
        Assert.Equal(0, bytes.Length % 8);
    }

    internal FlagBlock Head => MemoryMarshal.Read<FlagBlock>(_bytes);

    internal T At<T>(uint place, int index = 0) where T : unmanaged
    {
        Assert.True(place >= sizeof(FlagBlock) && place % 8 == 0, $"a part begins at {place}");
        return MemoryMarshal.Read<T>(_bytes.AsSpan((int)place + index * Unsafe.SizeOf<T>()));
    }

    internal FlagBucket Bucket(int index) => MemoryMarshal.Read<FlagBucket>(_bytes.AsSpan(sizeof(FlagBlock) + index * sizeof(FlagBucket)));

    internal FlagBucket BucketOf(uint table, int index) => MemoryMarshal.Read<FlagBucket>(_bytes.AsSpan((int)table + sizeof(FlagBuckets) + index * sizeof(FlagBucket)));

    internal FlagWeight WeightOf(uint table, int index) => MemoryMarshal.Read<FlagWeight>(_bytes.AsSpan((int)table + sizeof(FlagWeights) + index * sizeof(FlagWeight)));

    internal FlagVariant Variant(int index) => At<FlagVariant>(Head.Variants, index);

    internal FlagStep Step(int index) => At<FlagStep>(Head.Steps, index);

    internal FlagFact Fact(int index) => At<FlagFact>(Head.Facts, index);

    internal FlagConstant Constant(int index) => At<FlagConstant>(Head.Constants, index);

    /// <summary>A text and the zero byte behind it.</summary>
    internal string Text(ulong place, uint bytes)
    {
        Assert.True(place >= (ulong)sizeof(FlagBlock) && place % 8 == 0 && _bytes[(int)place + (int)bytes] == 0);
        return System.Text.Encoding.UTF8.GetString(_bytes, (int)place, (int)bytes);
    }

    internal string Name(uint place)
    {
        var end = Array.IndexOf(_bytes, (byte)0, (int)place);
        return System.Text.Encoding.UTF8.GetString(_bytes, (int)place, end - (int)place);
    }

    internal bool SetHolds(uint place, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return SetHolds(place, TextHash.Of(bytes), 4, entry => entry.Bytes == bytes.Length && _bytes.AsSpan(entry.Place + 8, bytes.Length).SequenceEqual(bytes));
    }

    internal bool SetHolds(uint place, byte type, long bits) =>
        SetHolds(place, TextHash.OfNumber(type, bits), type, entry => MemoryMarshal.Read<long>(_bytes.AsSpan(entry.Place + 8)) == bits);

    private bool SetHolds(uint place, ulong hash, ushort type, Func<(int Place, int Bytes), bool> same)
    {
        var head = At<FlagSetHead>(place);
        Assert.True(head.SlotCount > 0 && (head.SlotCount & (head.SlotCount - 1)) == 0 && head.SlotCount >= 2 * head.Count);
        for (var at = (uint)hash;; at++)
        {
            var slot = MemoryMarshal.Read<uint>(_bytes.AsSpan((int)place + sizeof(FlagSetHead) + (int)(at & (head.SlotCount - 1)) * sizeof(uint)));
            if (slot == 0)
                return false;
            var entry = At<FlagSetEntry>(slot);
            if (entry.Tag == (uint)(hash >> 32) && entry.Type == type && same(((int)slot, entry.Bytes)))
                return true;
        }
    }
}
