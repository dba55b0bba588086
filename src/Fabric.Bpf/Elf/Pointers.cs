namespace Fabric.Bpf.Elf;

/// <summary>Pointers in a file's data, as they are once the dynamic linker has been there, counted from where the file is loaded.</summary>
internal static class Pointers
{
    private const int EntryBytes = 24;
    private const int PieceBytes = EntryBytes * 1024;
    private const long MaxBytes = 256L << 20;
    private const uint Relative = 8;

    /// <summary>Tables of relocations that are looked at; linkers make two or three.</summary>
    private const int MaxTables = 8;

    /// <summary>The pointer at an address; null where the file has nothing there.</summary>
    internal static ulong? At(ElfFile elf, ulong address)
    {
        foreach (var section in elf.Sections.Where(static section => section is { Type: ElfFile.Relocations, Address: not 0 }).Take(MaxTables))
        {
            if (Relocated(elf, section, address) is { } pointer)
                return pointer;
        }

        Span<byte> bytes = stackalloc byte[8];
        return elf.OffsetOf(address) is { } at && elf.Image.TryRead(at, bytes) ? Little.U64(bytes, 0) : null;
    }

    private static ulong? Relocated(ElfFile elf, ElfSection section, ulong address)
    {
        if (section.Bytes > MaxBytes)
            throw ElfRefusedException.TooLarge(section.Place, $"has more than {MaxBytes} bytes of relocations");
        var piece = new byte[(int)Math.Min(PieceBytes, section.Bytes)];
        for (long at = 0; at <= section.Bytes - EntryBytes; at += PieceBytes)
        {
            var bytes = (int)Math.Min(piece.Length, section.Bytes - at) / EntryBytes * EntryBytes;
            elf.Image.Fill(section.Place, section.Offset + at, piece.AsSpan(0, bytes));
            for (var i = 0; i < bytes; i += EntryBytes)
            {
                if (Little.U64(piece, i) == address && Little.U32(piece, i + 8) == Relative)
                    return Little.U64(piece, i + 16);
            }
        }

        return null;
    }
}
