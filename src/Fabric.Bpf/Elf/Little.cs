using System.Buffers.Binary;

namespace Fabric.Bpf.Elf;

/// <summary>Numbers as x86-64 stores them.</summary>
internal static class Little
{
    internal static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    internal static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    internal static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    /// <summary>Reads what was found to be within the file already.</summary>
    /// <param name="image">The file.</param>
    /// <param name="place">What is read, for the refusal.</param>
    /// <param name="offset">Where in the file.</param>
    /// <param name="to">All of it is filled.</param>
    /// <exception cref="ElfRefusedException">It is not, or not any more.</exception>
    internal static void Fill(this IImage image, string place, long offset, Span<byte> to)
    {
        if (!image.TryRead(offset, to))
            throw ElfRefusedException.Broken(place, "is outside of the file, or the file became shorter while it was read");
    }
}
