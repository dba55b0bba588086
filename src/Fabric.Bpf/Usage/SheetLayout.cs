using System.Runtime.InteropServices;

namespace Fabric.Bpf.Usage;

/// <summary>struct usage_header of <c>bpf/usage_sheet.h</c>; a test compares the two byte by byte.</summary>
[StructLayout(LayoutKind.Sequential, Size = 640)]
internal unsafe struct UsageHeader
{
    internal const ulong SheetMagic = 0x4547415355474c46;
    internal const uint Version = 1;
    internal const int HeaderBytes = 1024;
    internal const int MaxExeBytes = 512;
    internal const int MaxSheetBytes = 4 << 20;

    public ulong Magic;
    public uint Layout;
    public uint Bytes;
    public ulong Taken;
    public ulong MadeNs;
    public ulong Beyond;
    public uint Pid;
    public uint ExeBytes;
    public fixed byte FabricId[16];
    public fixed byte Node[64];
    public fixed byte Exe[MaxExeBytes];
}

/// <summary>struct usage_row.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal unsafe struct SheetRow
{
    internal const int NameBytes = 64;
    internal const int Shares = 16;
    internal const int Counters = 8;
    internal const int LineBytes = Counters * sizeof(ulong);

    public fixed byte Name[NameBytes];
    public ulong FirstNs;
    public uint Variants;
    public ushort Group;
    public ushort Whole;
    public fixed ushort Lines[Shares];
}
