using System.Runtime.InteropServices;

namespace Fabric.Bpf.Table.Encoding;

/// <summary>struct flag_block of <c>bpf/flag_program.h</c>, as for all that follow; a test compares the two field by field.</summary>
[StructLayout(LayoutKind.Sequential, Size = 104)]
internal struct FlagBlock
{
    public uint Bytes;
    public ushort BucketCount;
    public ushort VariantCount;
    public ushort StepCount;
    public ushort FactCount;
    public ushort ConstantCount;
    public ushort PrerequisiteCount;
    public uint Variants;
    public uint Steps;
    public uint Facts;
    public uint Constants;
    public uint Prerequisites;
    public uint DefinitionHash;
    public ulong ActivateAtNs;
    public ulong StaleAfterNs;
    public FlagRamp Ramp;
}

[StructLayout(LayoutKind.Sequential, Size = 48)]
internal struct FlagRamp
{
    public ulong StartNs;
    public ulong EndNs;
    public ulong From;
    public ulong To;
    public uint SeedHash;
    public uint SeedTail;
    public byte SeedBytes;
    public byte Variant;
}

[StructLayout(LayoutKind.Sequential, Size = 8)]
internal struct FlagBucket
{
    public uint End;
    public uint Variant;
}

[StructLayout(LayoutKind.Sequential, Size = 24)]
internal struct FlagVariant
{
    public uint Name;
    public uint NameBytes;
    public uint NameHash;
    public uint ValueBytes;
    public ulong Value;
}

[StructLayout(LayoutKind.Sequential, Size = 80)]
internal unsafe struct FlagPrerequisite
{
    public fixed byte Name[Layout.NameBytes];
    public ulong Hash;
    public uint Variant;
}

[StructLayout(LayoutKind.Sequential, Size = 8)]
internal struct FlagFact
{
    public byte Source;
    public byte Reserved;
    public ushort NameBytes;
    public uint Name;
}

[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct FlagConstant
{
    public uint Type;
    public uint Bytes;
    public ulong Value;
}

[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct FlagStep
{
    public byte Op;
    public byte How;
    public ushort Left;
    public ushort Right;
    public ushort Yes;
    public ushort No;
    public ushort Neither;
    public uint Extra;
}

/// <summary>The head of a set; its slots follow.</summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
internal struct FlagSetHead
{
    public uint SlotCount;
    public uint Count;
}

[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct FlagSetEntry
{
    public uint Tag;
    public ushort Type;
    public ushort Bytes;
    public ulong Value;
}

[StructLayout(LayoutKind.Sequential, Size = 32)]
internal unsafe struct FlagVersion
{
    public fixed ulong Number[3];
    public uint Prerelease;
    public uint PrereleaseBytes;
}

[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct FlagSeed
{
    public uint Hash;
    public uint Tail;
    public uint Bytes;
}

/// <summary>The head of a program's buckets; they follow.</summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
internal struct FlagBuckets
{
    public uint Count;
    public uint Total;
}

/// <summary>The head of a program's weights; they follow.</summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
internal struct FlagWeights
{
    public uint Count;
    public uint Reserved;
}

[StructLayout(LayoutKind.Sequential, Size = 4)]
internal struct FlagWeight
{
    public ushort Operand;
    public ushort Step;
}
