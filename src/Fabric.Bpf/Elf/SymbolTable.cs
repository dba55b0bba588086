namespace Fabric.Bpf.Elf;

/// <summary>One entry of a symbol table.</summary>
/// <param name="Name">Where in the table's names its own is.</param>
/// <param name="Info">Its type and how it binds.</param>
/// <param name="Section">The section that it is in; 0 where another file has it.</param>
/// <param name="Symbol">What it stands for.</param>
internal readonly record struct ElfEntry(uint Name, byte Info, ushort Section, ElfSymbol Symbol)
{
    private const int NoType = 0;
    private const int Function = 2;
    private const int Indirect = 10;

    internal bool IsLocal => Info >> 4 == 0;

    internal bool IsFunction => (Info & 15) == Function;

    /// <summary>What hand-written assembly leaves without a type may be a function too.</summary>
    internal bool MayBeFunction => (Info & 15) is Function or NoType;

    internal bool IsIndirect => (Info & 15) == Indirect;
}

/// <summary>A symbol table of a file, read a piece at a time.</summary>
internal readonly record struct SymbolTable(ElfFile Elf, ElfSection Section)
{
    private const long MaxBytes = NamePlaces.MaxBytes;

    /// <summary>Tables of each kind that are looked at; linkers make one, and many could all lie upon the same bytes.</summary>
    private const int MaxTables = 2;
    private const int EntryBytes = 24;
    private const int PieceBytes = EntryBytes * 2048;

    private string Place => $"{(Section.Type == ElfFile.SymbolTable ? ".symtab" : ".dynsym")} ({Section.Place})";

    /// <summary>The tables of a file, the full ones before those for the dynamic linker.</summary>
    internal static IEnumerable<SymbolTable> Of(ElfFile elf)
    {
        foreach (var type in (uint[])[ElfFile.SymbolTable, ElfFile.DynamicSymbolTable])
        {
            foreach (var section in elf.Sections.Where(section => section.Type == type).Take(MaxTables))
                yield return new SymbolTable(elf, section);
        }
    }

    /// <exception cref="ElfRefusedException">It names no strings.</exception>
    internal NamePlaces Names()
    {
        if (Section.Link >= Elf.Sections.Count || Elf.Sections[(int)Section.Link] is not { Type: ElfFile.StringTable } strings)
            throw ElfRefusedException.Broken(Place, "names no strings");
        return new NamePlaces(Elf.Image, $"the names of {Place}", strings.Offset, strings.Bytes);
    }

    internal IEnumerable<ElfEntry> Entries()
    {
        if (Section.Bytes > MaxBytes)
            throw ElfRefusedException.TooLarge(Place, $"has more than {MaxBytes} bytes");
        var piece = new byte[(int)Math.Min(PieceBytes, Section.Bytes)];
        for (long at = 0; at <= Section.Bytes - EntryBytes; at += PieceBytes)
        {
            var bytes = (int)Math.Min(piece.Length, Section.Bytes - at) / EntryBytes * EntryBytes;
            Elf.Image.Fill(Place, Section.Offset + at, piece.AsSpan(0, bytes));
            for (var i = 0; i < bytes; i += EntryBytes)
                yield return Entry(piece.AsSpan(i, EntryBytes));
        }
    }

    private static ElfEntry Entry(ReadOnlySpan<byte> bytes) => new(
        Little.U32(bytes, 0), bytes[4], Little.U16(bytes, 6), new ElfSymbol(Little.U64(bytes, 8), Little.U64(bytes, 16)));
}
