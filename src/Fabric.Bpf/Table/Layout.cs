using System.Runtime.InteropServices;

namespace Fabric.Bpf.Table;

/// <summary>The table's layout as <c>bpf/flag_table.h</c> has it; a test compares the two byte by byte.</summary>
internal static class Layout
{
    internal const ulong Magic = 0x454c424154474c46;
    internal const uint Version = 3;
    internal const int HeaderBytes = 4096;
    internal const int SlotBytes = 256;
    internal const int NameBytes = 64;
    internal const int NodeBytes = 64;
    internal const int InlineBuckets = 6;
    internal const byte NoVariant = 0xff;
    internal const int MaxBlockBytes = Fabric.Flags.Limits.BlockBytes;

    /// <summary>The generation of a version that is being written.</summary>
    internal const ulong Writing = ulong.MaxValue;

    internal const int HeaderRetired = 20;
    internal const int HeaderGeneration = 192;
    internal const int HeaderRevision = 200;
    internal const int HeaderLastContact = 216;
    internal const int HeaderTaiOffset = 224;

    internal const int SlotTag = 0;
    internal const int SlotSequence = 4;
    internal const int SlotGeneration = 8;
    internal const int SlotName = 24;
    internal const int SlotBody = 88;
    internal const int BodyBytes = 80;

    internal static long SlotOffset(int slot) => HeaderBytes + (long)slot * SlotBytes;

    internal static long GenerationOffset(int slot, int version) => SlotOffset(slot) + SlotGeneration + version * sizeof(ulong);

    internal static long BodyOffset(int slot, int version) => SlotOffset(slot) + SlotBody + version * BodyBytes;
}

/// <summary>enum flag_rule.</summary>
internal enum FlagRule : byte
{
    None = 0,
    Fractional = 1,
    Program = 2,
    Remote = 3,
}

/// <summary>enum flag_extra.</summary>
[Flags]
internal enum FlagExtras : byte
{
    Activation = 1,
    Ramp = 2,
    Prerequisites = 4,
    Staleness = 8,
}

/// <summary>struct flag_table_header, up to what every call reads.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
internal unsafe struct TableHeader
{
    public ulong Magic;
    public uint Layout;
    public uint SlotCount;
    public uint Capacity;
    public uint Retired;
    public ulong HeapOffset;
    public ulong HeapBytes;
    public fixed byte FabricId[16];
    public fixed byte Node[64];
    public fixed ulong Reserved[9];
    public ulong Generation;
    public fixed ulong Revision[2];
    public ulong LastContact;
    public ulong TaiOffset;
    public fixed ulong ReservedHot[3];
}

/// <summary>struct flag_body.</summary>
[StructLayout(LayoutKind.Sequential, Size = Layout.BodyBytes)]
internal unsafe struct FlagBody
{
    public ulong Revision;
    public ulong Truths;
    public byte State;
    public byte Type;
    public byte Rule;
    public byte DefaultVariant;
    public byte Extras;
    public byte BucketCount;
    public byte Seeding;
    public byte SeedBytes;
    public uint SeedHash;
    public uint SeedTail;
    public uint TotalWeight;
    public uint BlockOffset;
    public uint BlockBytes;
    public fixed uint BucketEnd[Layout.InlineBuckets];
    public fixed byte BucketVariant[Layout.InlineBuckets];
    public byte OffVariant;
    public byte SafeVariant;
    public uint Variants;
}

/// <summary>How large a table is.</summary>
/// <param name="Capacity">Flags at most.</param>
/// <param name="HeapBytes">Room for what does not fit a slot.</param>
internal readonly record struct TableSize(int Capacity, long HeapBytes)
{
    /// <summary>Room for two versions of each flag with a few variants; it doubles when it does not suffice.</summary>
    internal static TableSize For(int capacity) => new(capacity, Math.Max(1 << 20, Layout.MaxBlockBytes + capacity * 512L));

    /// <summary>Twice as many as there can be flags, so that a search ends after a step or two.</summary>
    internal int SlotCount => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Capacity) * 2;

    internal long HeapOffset => Layout.SlotOffset(SlotCount);

    internal long TotalBytes => (HeapOffset + HeapBytes + 4095) & ~4095L;
}
