using System.Buffers.Binary;
using System.Text;

namespace Fabric.Bpf.Elf;

/// <summary>A function: where it begins in memory, and how long it is, 0 where the file does not say.</summary>
internal readonly record struct ElfSymbol(ulong Address, ulong Bytes);

/// <summary>Finds functions by name in <c>.symtab</c> and, where that is stripped, in <c>.dynsym</c>.</summary>
internal static class ElfSymbols
{
    /// <summary>Bytes of one table that are read at most.</summary>
    internal const long MaxTableBytes = 512L * 1024 * 1024;

    /// <summary>Names that may end in the one that is looked for: linkers let names share their ends.</summary>
    private const int MaxPlaces = 65_536;

    internal const int MaxNameBytes = 4096;

    private const int SymbolBytes = 24;
    private const int PieceBytes = 24 * 2048;

    private const int NoType = 0;
    private const int Function = 2;
    private const int Indirect = 10;

    /// <exception cref="ElfRefusedException">There is no such function, or there are several.</exception>
    internal static ElfSymbol Find(ElfFile elf, string name)
    {
        var wanted = new byte[Encoding.UTF8.GetByteCount(name) + 1];
        if (wanted.Length is 1 or > MaxNameBytes || name.Contains('\0'))
            throw NoSymbol(name);
        Encoding.UTF8.GetBytes(name, wanted);
        foreach (var type in (ReadOnlySpan<uint>)[ElfFile.SymbolTable, ElfFile.DynamicSymbolTable])
        {
            foreach (var table in elf.Sections)
            {
                if (table.Type == type && FindIn(elf, table, name, wanted) is { } found)
                    return found;
            }
        }

        throw NoSymbol(name);
    }

    /// <summary>The functions whose extent is known, in the order of the file.</summary>
    internal static IEnumerable<ElfSymbol> Functions(ElfFile elf)
    {
        foreach (var table in elf.Sections)
        {
            if (table.Type is not (ElfFile.SymbolTable or ElfFile.DynamicSymbolTable))
                continue;
            foreach (var (_, info, section, symbol) in Symbols(elf, table))
            {
                if ((info & 15) == Function && section != 0 && symbol.Bytes > 0)
                    yield return symbol;
            }
        }
    }

    private static ElfSymbol? FindIn(ElfFile elf, ElfSection table, string name, byte[] wanted)
    {
        if (table.Link >= elf.Sections.Count)
            throw ElfFile.Broken("a symbol table names no strings");
        var places = PlacesOf(elf, elf.Sections[(int)table.Link], wanted);
        if (places.Count == 0)
            return null;

        ElfSymbol? best = null;
        var (bestIsLocal, ambiguous) = (false, false);
        foreach (var (at, info, section, symbol) in Symbols(elf, table))
        {
            if (!places.Contains(at) || section == 0 || !IsCode(elf, info, symbol, name))
                continue;
            var local = info >> 4 == 0;
            if (best is null || (bestIsLocal && !local))
                (best, bestIsLocal, ambiguous) = (symbol, local, false);
            else if (local == bestIsLocal && best.Value.Address != symbol.Address)
                ambiguous = true;
        }

        return ambiguous
            ? throw new ElfRefusedException(ElfProblem.Ambiguous, $"it has several functions called {name}")
            : best;
    }

    private static bool IsCode(ElfFile elf, byte info, ElfSymbol symbol, string name) => (info & 15) switch
    {
        Indirect => throw new ElfRefusedException(
            ElfProblem.NotCode, $"{name} is chosen when the program starts (an indirect function); attach to what it chooses"),
        Function or NoType => elf.CodeAt(symbol.Address) is not null,
        _ => false,
    };

    /// <summary>Where in the strings the name is, with the terminator that ends it.</summary>
    private static HashSet<uint> PlacesOf(ElfFile elf, ElfSection strings, byte[] wanted)
    {
        if (strings.Type != ElfFile.StringTable)
            throw ElfFile.Broken("a symbol table names no strings");
        Bound(strings);
        var places = new HashSet<uint>();
        var piece = new byte[PieceBytes];
        // Pieces overlap, so that a name across the border of two is found once.
        for (long at = 0; at <= strings.Bytes - wanted.Length; at += piece.Length - wanted.Length + 1)
        {
            var bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, strings.Bytes - at));
            Fill(elf, strings.Offset + at, bytes);
            for (int from = 0, found; (found = bytes[from..].IndexOf(wanted)) >= 0; from += found + 1)
                places.Add((uint)(at + from + found));
            if (places.Count > MaxPlaces)
                throw new ElfRefusedException(ElfProblem.TooLarge, "too many of its names end in the one that is looked for");
        }

        return places;
    }

    private static IEnumerable<(uint Name, byte Info, ushort Section, ElfSymbol Symbol)> Symbols(ElfFile elf, ElfSection table)
    {
        Bound(table);
        var piece = new byte[PieceBytes];
        for (long at = 0; at <= table.Bytes - SymbolBytes; at += piece.Length)
        {
            var bytes = (int)Math.Min(piece.Length, table.Bytes - at) / SymbolBytes * SymbolBytes;
            Fill(elf, table.Offset + at, piece.AsSpan(0, bytes));
            for (var i = 0; i < bytes; i += SymbolBytes)
                yield return Symbol(piece.AsSpan(i, SymbolBytes));
        }
    }

    private static (uint Name, byte Info, ushort Section, ElfSymbol Symbol) Symbol(ReadOnlySpan<byte> bytes) => (
        BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        bytes[4],
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
        new ElfSymbol(BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..])));

    private static void Fill(ElfFile elf, long offset, Span<byte> to)
    {
        if (!elf.Image.TryRead(offset, to))
            throw ElfFile.Broken("it became shorter while it was read");
    }

    private static void Bound(ElfSection table)
    {
        if (table.Bytes > MaxTableBytes)
            throw new ElfRefusedException(ElfProblem.TooLarge, $"a table of its symbols has more than {MaxTableBytes} bytes");
    }

    private static ElfRefusedException NoSymbol(string name) =>
        new(ElfProblem.NoSymbol, $"it has no function called {name} in its symbol tables");
}
