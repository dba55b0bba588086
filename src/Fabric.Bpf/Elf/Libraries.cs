namespace Fabric.Bpf.Elf;

/// <summary>The libraries that a file asks the dynamic linker for.</summary>
internal static class Libraries
{
    private const int EntryBytes = 16;
    private const int MaxEntries = 4096;
    private const int MaxLibraries = 32;
    private const ulong End = 0;
    private const ulong Needed = 1;

    /// <summary>Their names as the file has them; those that cannot be read are left out, as the list only advises.</summary>
    internal static IReadOnlyList<string> Of(ElfFile elf)
    {
        var libraries = new List<string>();
        foreach (var section in elf.Sections.Where(section => section.Type == ElfFile.Dynamic && section.Link < elf.Sections.Count).Take(1))
        {
            var strings = elf.Sections[(int)section.Link];
            var names = new NamePlaces(elf.Image, strings.Place, strings.Offset, strings.Bytes);
            libraries.AddRange(Entries(elf, section).Select(at => names.At((long)at)).OfType<string>());
        }

        return [.. libraries.Take(MaxLibraries)];
    }

    private static List<ulong> Entries(ElfFile elf, ElfSection section)
    {
        var found = new List<ulong>();
        Span<byte> entry = stackalloc byte[EntryBytes];
        for (var i = 0; i < MaxEntries && (i + 1) * EntryBytes <= section.Bytes; i++)
        {
            elf.Image.Fill(section.Place, section.Offset + i * EntryBytes, entry);
            var tag = Little.U64(entry, 0);
            if (tag == End || found.Count == MaxLibraries)
                break;
            if (tag == Needed)
                found.Add(Little.U64(entry, 8));
        }

        return found;
    }
}
