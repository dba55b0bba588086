namespace Fabric.Bpf.Elf;

/// <summary>The forms of Go's table of functions, each by the first version that has it.</summary>
internal enum GoTableForm
{
    Go116,
    Go118,
    Go120,
}

/// <summary>How a file's table of Go's functions begins.</summary>
/// <param name="Form">Which of the forms it has.</param>
/// <param name="At">Where in the file it is.</param>
/// <param name="Bytes">How long it is at most.</param>
/// <param name="Count">Functions in it.</param>
/// <param name="Text">The address that functions are counted from.</param>
/// <param name="Names">Where in it their names are.</param>
/// <param name="Functions">Where in it the functions are.</param>
internal sealed record GoTableHeader(GoTableForm Form, long At, long Bytes, ulong Count, ulong Text, long Names, long Functions)
{
    private const int HeaderBytes = 72;

    /// <summary>The table's alignment, by which it is looked for among a linker's other data.</summary>
    private const int Alignment = 32;
    private const long MaxSearchBytes = 256L << 20;

    /// <summary>Where Go's description of a module has the address of its code, in words.</summary>
    private const int TextInModule = 22;

    /// <summary>Bytes of an entry: the function's address, and where in the table it is described.</summary>
    internal int EntryBytes => Form == GoTableForm.Go116 ? 16 : 8;

    /// <summary>Where the name is, in a function's description.</summary>
    internal uint NameIn(ReadOnlySpan<byte> function) => Little.U32(function, Form == GoTableForm.Go116 ? 8 : 4);

    /// <summary>Whether a function's description leads to one of its stack, as that of every function of Go's does.</summary>
    internal bool HasStackIn(ReadOnlySpan<byte> function) => Little.U32(function, Form == GoTableForm.Go116 ? 20 : 16) != 0;

    /// <summary>What is noted of a function; nothing before Go 1.18.</summary>
    internal byte FlagsIn(ReadOnlySpan<byte> function) => Form switch
    {
        GoTableForm.Go118 => function[37],
        GoTableForm.Go120 => function[41],
        _ => 0,
    };

    /// <summary>
    /// The table has a section of its own, but for programs that are linked by C's linker to run at any address: there
    /// it stands among the other data that is written once.
    /// </summary>
    internal static (GoTableHeader Header, string Place)? Find(ElfFile elf)
    {
        foreach (var name in (ReadOnlySpan<string>)[".gopclntab", ".data.rel.ro.gopclntab"])
        {
            if (elf.Section(name) is { Bytes: > HeaderBytes } section && Read(elf, section, section.Offset) is { } header)
                return (header, name);
        }

        return ElfIdentity.IsGo(elf) && elf.Section(".data.rel.ro") is { } data ? Search(elf, data) : null;
    }

    private static (GoTableHeader Header, string Place)? Search(ElfFile elf, ElfSection data)
    {
        var image = new CachedImage(elf.Image);
        Span<byte> begin = stackalloc byte[8];
        var last = data.Offset + Math.Min(data.Bytes, MaxSearchBytes) - HeaderBytes;
        // Sections and tables are aligned alike in memory, so that the section's address says where to look.
        for (var at = data.Offset + (long)(0 - data.Address & Alignment - 1); at <= last; at += Alignment)
        {
            if (image.TryRead(at, begin) && FormOf(begin) is not null && Read(elf, data, at) is { } header)
                return (header, "Go's table in .data.rel.ro");
        }

        return null;
    }

    private static GoTableHeader? Read(ElfFile elf, ElfSection section, long at)
    {
        Span<byte> bytes = stackalloc byte[HeaderBytes];
        elf.Image.Fill(section.Place, at, bytes);
        if (FormOf(bytes) is not { } form)
            return null;
        var words = form == GoTableForm.Go116 ? bytes[24..] : bytes[32..];
        var left = section.Offset + section.Bytes - at;
        var (names, functions) = (Little.U64(words, 0), Little.U64(words, 32));
        if (names > (ulong)left || functions > (ulong)left)
            throw ElfRefusedException.Broken(section.Place, "has a table of Go's functions that is outside of it");
        var text = form == GoTableForm.Go116 ? 0 : TextOf(elf, section.Address + (ulong)(at - section.Offset));
        return new GoTableHeader(form, at, left, Little.U64(bytes, 8), text, (long)names, (long)functions);
    }

    private static GoTableForm? FormOf(ReadOnlySpan<byte> begin)
    {
        // After the form: two zero bytes, the unit that code is counted in (1 on x86-64), the size of a pointer.
        if (Little.U32(begin, 4) != 0x0801_0000)
            return null;
        return Little.U32(begin, 0) switch
        {
            0xffff_fffa => GoTableForm.Go116,
            0xffff_fff0 => GoTableForm.Go118,
            0xffff_fff1 => GoTableForm.Go120,
            _ => null,
        };
    }

    /// <summary>Up to Go 1.25 the table says where the code begins; since then only the description of the module does.</summary>
    private static ulong TextOf(ElfFile elf, ulong table)
    {
        const int TextInTable = 24;
        if (Pointers.At(elf, table + TextInTable) is { } text and not 0)
            return text;
        return elf.Section(".go.module") is { } module && Pointers.At(elf, module.Address + TextInModule * 8) is { } fromModule
            ? fromModule
            : throw ElfRefusedException.Broken("Go's table of functions", "does not say where the code begins");
    }
}
