using System.Runtime.CompilerServices;
using Fabric.Flags;
using Fabric.Flags.Compilation;
using Fabric.Flags.Targeting;

namespace Fabric.Bpf.Table.Encoding;

/// <summary>Writes a list of constants as a hash table with open addressing.</summary>
internal static class SetEncoder
{
    /// <summary>Of an entry, before a string's text.</summary>
    private const int EntryHead = 8;

    internal static uint Write(BlockWriter writer, ConstantSet set)
    {
        var slots = BlockSize.SlotsOf(set);
        var place = writer.ReserveBytes(Unsafe.SizeOf<FlagSetHead>() + slots * sizeof(uint));
        writer.Set(place, 0, new FlagSetHead { SlotCount = (uint)slots, Count = (uint)set.Members.Length });
        foreach (var member in set.Members)
        {
            var (entry, hash) = member.Type == ScalarType.String ? WriteText(writer, member.Text!) : WriteNumber(writer, member);
            Insert(writer.At<uint>(place + (uint)Unsafe.SizeOf<FlagSetHead>(), slots), (uint)hash, entry);
        }

        return place;
    }

    private static void Insert(Span<uint> slots, uint hash, uint entry)
    {
        var slot = (int)(hash & (uint)(slots.Length - 1));
        while (slots[slot] != 0)
            slot = (slot + 1) & (slots.Length - 1);
        slots[slot] = entry;
    }

    private static (uint Place, ulong Hash) WriteText(BlockWriter writer, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetByteCount(text);
        var place = writer.ReserveBytes(Math.Max(Unsafe.SizeOf<FlagSetEntry>(), EntryHead + bytes));
        var own = writer.At<byte>(place + EntryHead, bytes);
        System.Text.Encoding.UTF8.GetBytes(text, own);
        var hash = TextHash.Of(own);
        ref var entry = ref writer.At<FlagSetEntry>(place, 1)[0];
        (entry.Tag, entry.Type, entry.Bytes) = ((uint)(hash >> 32), (ushort)ScalarType.String, (ushort)bytes);
        return (place, hash);
    }

    private static (uint Place, ulong Hash) WriteNumber(BlockWriter writer, Scalar number)
    {
        var hash = TextHash.OfNumber((byte)number.Type, number.Bits);
        var place = writer.Reserve<FlagSetEntry>(1);
        writer.Set(place, 0, new FlagSetEntry { Tag = (uint)(hash >> 32), Type = (ushort)number.Type, Value = (ulong)number.Bits });
        return (place, hash);
    }
}
