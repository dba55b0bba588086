using System.Buffers.Binary;

namespace Fabric.Bpf.Tests.Elf;

/// <summary>The smallest library that has a function called f at 0x1000.</summary>
internal static class TinyElf
{
    internal static void Write(byte[] to, int codeOffset, long codeBytes, int functionBytes)
    {
        Convert.FromHexString("7f454c46020101").CopyTo(to, 0);
        U16(16, 3);
        U16(18, 62);
        U64(32, 64); // segments
        U64(40, 256); // sections
        U16(54, 56);
        U16(56, 1);
        U16(58, 64);
        U16(60, 3);

        U32(64, 1);
        U32(68, 5);
        U64(72, codeOffset);
        U64(80, 0x1000);
        U64(96, codeBytes);

        U32(256 + 64 + 4, 2); // symbols
        U64(256 + 64 + 24, 512);
        U64(256 + 64 + 32, 24);
        U32(256 + 64 + 40, 2);
        U32(256 + 128 + 4, 3); // strings
        U64(256 + 128 + 24, 560);
        U64(256 + 128 + 32, 3);

        U32(512, 1);
        to[516] = 0x12;
        U16(518, 1);
        U64(520, 0x1000);
        U64(528, functionBytes);
        to[561] = (byte)'f';

        void U16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(to.AsSpan(at), value);
        void U32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(to.AsSpan(at), value);
        void U64(int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(to.AsSpan(at), value);
    }

    /// <summary>A second function, without a name, in a file that was written before.</summary>
    internal static void AddSymbol(byte[] to, long address, long bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to.AsSpan(256 + 64 + 32), 48);
        to[536 + 4] = 0x12;
        to[536 + 6] = 1;
        BinaryPrimitives.WriteInt64LittleEndian(to.AsSpan(536 + 8), address);
        BinaryPrimitives.WriteInt64LittleEndian(to.AsSpan(536 + 16), bytes);
    }
}
