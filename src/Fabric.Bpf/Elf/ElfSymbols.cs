using System.Text;

namespace Fabric.Bpf.Elf;

/// <summary>A function: where it begins in memory, and how long it is, 0 where the file does not say.</summary>
internal readonly record struct ElfSymbol(ulong Address, ulong Bytes);

/// <summary>What the symbol tables of a file say of a name.</summary>
/// <param name="Function">The function; null where they have none.</param>
/// <param name="Imported">Whether the file uses a function of that name without having it.</param>
internal readonly record struct SymbolAnswer(ElfSymbol? Function, bool Imported);

/// <summary>Finds functions by name in <c>.symtab</c> and, where that is stripped, in <c>.dynsym</c>.</summary>
internal static class ElfSymbols
{
    /// <summary>Bytes of a name, its terminator counted, at most.</summary>
    internal const int MaxNameBytes = 4096;

    private const int MaxAddressesShown = 8;

    /// <summary>The name as it stands in a table of names, with its terminator; null where no function can have it.</summary>
    internal static byte[]? Encode(string name)
    {
        var wanted = new byte[Encoding.UTF8.GetByteCount(name) + 1];
        if (wanted.Length is 1 or > MaxNameBytes || name.Contains('\0'))
            return null;
        Encoding.UTF8.GetBytes(name, wanted);
        return wanted;
    }

    /// <summary>Looks a name up.</summary>
    /// <param name="code">The file whose code it is.</param>
    /// <param name="tables">The file whose tables are read: the same, or what was taken out of it.</param>
    /// <param name="name">The name as people write it.</param>
    /// <exception cref="ElfRefusedException">There are several, or what is there is no plain function.</exception>
    internal static SymbolAnswer Find(ElfFile code, ElfFile tables, string name)
    {
        if (Encode(name) is not { } wanted)
            return default;
        var imported = false;
        foreach (var table in SymbolTable.Of(tables))
        {
            var answer = FindIn(code, table, name, wanted);
            if (answer.Function is not null)
                return answer;
            imported |= answer.Imported;
        }

        return new SymbolAnswer(Function: null, imported);
    }

    /// <summary>The functions whose extent is known, in the order of the file.</summary>
    internal static IEnumerable<ElfSymbol> Functions(ElfFile elf) =>
        from table in SymbolTable.Of(elf)
        from entry in table.Entries()
        where entry is { IsFunction: true, Section: not 0, Symbol.Bytes: > 0 }
        select entry.Symbol;

    /// <summary>Where the next symbol of the code begins; the end of the segment where there is none.</summary>
    internal static ulong NextAfter(ElfFile elf, ElfSegment code, ulong address)
    {
        var next = code.End;
        foreach (var table in SymbolTable.Of(elf))
        {
            foreach (var entry in table.Entries())
            {
                if (entry is { MayBeFunction: true, Section: not 0 } && entry.Symbol.Address > address && entry.Symbol.Address < next)
                    next = entry.Symbol.Address;
            }
        }

        return next;
    }

    private static SymbolAnswer FindIn(ElfFile code, SymbolTable table, string name, byte[] wanted)
    {
        var places = table.Names().Names(wanted);
        if (places.Count == 0)
            return default;

        var (globals, locals, imported) = (new Dictionary<ulong, ElfSymbol>(), new Dictionary<ulong, ElfSymbol>(), false);
        foreach (var entry in table.Entries())
        {
            if (!places.Contains(entry.Name))
                continue;
            if (entry.Section == 0)
                imported |= entry.MayBeFunction;
            else if (IsCode(code, entry, name))
                Add(entry.IsLocal ? locals : globals, entry.Symbol);
        }

        return new SymbolAnswer(One(globals, name) ?? One(locals, name), imported);
    }

    /// <summary>Of several names for one place, one that says how long the function is.</summary>
    private static void Add(Dictionary<ulong, ElfSymbol> found, ElfSymbol symbol)
    {
        if (found.Count < MaxAddressesShown && (!found.TryGetValue(symbol.Address, out var known) || known.Bytes == 0))
            found[symbol.Address] = symbol;
    }

    private static ElfSymbol? One(Dictionary<ulong, ElfSymbol> found, string name) => found.Count switch
    {
        0 => null,
        1 => found.Values.First(),
        _ => throw Several(name, found.Keys),
    };

    internal static ElfRefusedException Several(string name, IEnumerable<ulong> addresses) => new(
        ElfProblem.Ambiguous, name, $"it has several functions called {name}, at {string.Join(", ", addresses.Order().Select(static at => $"0x{at:x}"))}");

    private static bool IsCode(ElfFile code, ElfEntry entry, string name) => entry.IsIndirect
        ? throw new ElfRefusedException(
            ElfProblem.NotCode, name, $"{name} is chosen when the program starts (an indirect function); attach to what it chooses")
        : entry.MayBeFunction && code.CodeAt(entry.Symbol.Address) is not null;
}
