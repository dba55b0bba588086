using System.Buffers.Binary;

namespace Fabric.Bpf.Elf;

/// <summary>A part of the file that is mapped into memory when the program runs.</summary>
internal readonly record struct ElfSegment(uint Type, bool Executable, bool Writable, ulong Address, long Offset, long FileBytes)
{
    internal ulong End => Address + (ulong)FileBytes;

    internal bool Holds(ulong address) => address >= Address && address < End;

    /// <summary>Where in the file the byte at <paramref name="address"/> is, which the segment must hold.</summary>
    internal long OffsetOf(ulong address) => Offset + (long)(address - Address);
}

/// <summary>A part of the file as the linker names it.</summary>
internal readonly record struct ElfSection(int Index, uint Name, uint Type, ulong Address, long Offset, long Bytes, uint Link)
{
    /// <summary>What a refusal calls it.</summary>
    internal string Place => $"section {Index}";
}

/// <summary>What a file is read for.</summary>
internal enum ElfRole
{
    /// <summary>To be attached to.</summary>
    Target,

    /// <summary>For the names that were taken out of another: its segments describe that other file, not itself.</summary>
    Debug,
}

/// <summary>
/// An ELF file for x86-64, read with mistrust: every offset and size is checked against the file before it is used,
/// and no size in the file decides how much memory is taken or how long reading lasts.
/// </summary>
internal sealed class ElfFile
{
    internal const uint Load = 1;
    internal const uint Note = 4;
    internal const uint SymbolTable = 2;
    internal const uint StringTable = 3;
    internal const uint Relocations = 4;
    internal const uint Dynamic = 6;
    internal const uint NoteSection = 7;
    internal const uint DynamicSymbolTable = 11;
    internal const uint NoBits = 8;

    /// <summary>Bytes of a file that is read at most.</summary>
    internal const long MaxFileBytes = 8L << 30;

    /// <summary>The page that a probe's place in memory and its place in the file agree within.</summary>
    internal const int PageBytes = 4096;

    private const int HeaderBytes = 64;
    private const int SegmentBytes = 56;
    private const int SectionBytes = 64;
    private const int MaxSegments = 1024;
    private const int MaxSections = 16_384;

    private readonly ElfSection _names;

    private ElfFile(IImage image, ElfSegment[] segments, ElfSection[] sections, int names)
    {
        Image = image;
        Segments = segments;
        Sections = sections;
        _names = names < sections.Length ? sections[names] : default;
    }

    internal IImage Image { get; }

    internal IReadOnlyList<ElfSegment> Segments { get; }

    internal IReadOnlyList<ElfSection> Sections { get; }

    /// <exception cref="ElfRefusedException">It is not a sound program or library for x86-64.</exception>
    internal static ElfFile Read(IImage image, ElfRole role = ElfRole.Target)
    {
        const string Place = "the header";
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (!image.TryRead(0, header[..4]) || BinaryPrimitives.ReadUInt32BigEndian(header) != 0x7f454c46)
            throw new ElfRefusedException(ElfProblem.NotElf, Place, "it is not an ELF file");
        if (image.Length > MaxFileBytes)
            throw ElfRefusedException.TooLarge("the file", $"has more than {MaxFileBytes} bytes");
        image.Fill(Place, 0, header);
        if (header[4] != 2 || header[5] != 1 || Little.U16(header, 18) != 62)
            throw new ElfRefusedException(ElfProblem.WrongKind, Place, "it is not for x86-64");
        if (Little.U16(header, 16) is not (2 or 3))
            throw new ElfRefusedException(ElfProblem.WrongKind, Place, "it is neither a program nor a shared library");

        var segments = role == ElfRole.Target ? ReadSegments(image, header) : [];
        var sections = ReadSections(image, header);
        return new ElfFile(image, segments, sections, Little.U16(header, 62));
    }

    /// <summary>The executable segment that holds an address.</summary>
    internal ElfSegment? CodeAt(ulong address)
    {
        foreach (var segment in Segments)
        {
            if (segment is { Type: Load, Executable: true } && segment.Holds(address))
                return segment;
        }

        return null;
    }

    /// <summary>Where in the file the byte at an address of memory is; null where it is in none of its bytes.</summary>
    internal long? OffsetOf(ulong address)
    {
        foreach (var segment in Segments)
        {
            if (segment.Type == Load && segment.Holds(address))
                return segment.OffsetOf(address);
        }

        return null;
    }

    /// <summary>The section of that name.</summary>
    internal ElfSection? Section(string name)
    {
        Span<byte> wanted = stackalloc byte[name.Length + 1];
        Span<byte> found = stackalloc byte[name.Length + 1];
        wanted.Clear();
        System.Text.Encoding.ASCII.GetBytes(name, wanted);
        foreach (var section in Sections)
        {
            if (section.Name <= _names.Bytes - found.Length && Image.TryRead(_names.Offset + section.Name, found) && found.SequenceEqual(wanted))
                return section;
        }

        return null;
    }

    private static ElfSegment[] ReadSegments(IImage image, ReadOnlySpan<byte> header)
    {
        const string Place = "the table of segments";
        var (offset, count) = ((long)Little.U64(header, 32), Little.U16(header, 56));
        if (count > MaxSegments)
            throw ElfRefusedException.TooLarge(Place, $"has more than {MaxSegments} entries");
        if (count > 0 && Little.U16(header, 54) != SegmentBytes)
            throw ElfRefusedException.Broken(Place, "has entries of a wrong size");
        var segments = new ElfSegment[count];
        Span<byte> entry = stackalloc byte[SegmentBytes];
        for (var i = 0; i < count; i++)
        {
            image.Fill(Place, EntryAt(offset, i, SegmentBytes), entry);
            segments[i] = ReadSegment(image, entry, $"segment {i}");
        }

        RefuseOverlaps(segments);
        return segments;
    }

    /// <summary>Of two for one address it would be the loader's secret which one runs.</summary>
    private static void RefuseOverlaps(ElfSegment[] segments)
    {
        var before = default(ElfSegment);
        foreach (var segment in segments.Where(static one => one is { Type: Load, FileBytes: > 0 }).OrderBy(static one => one.Address))
        {
            if (before.Type == Load && before.End > segment.Address)
                throw ElfRefusedException.Broken($"the segment at 0x{segment.Address:x}", "lies upon another");
            before = segment;
        }
    }

    private static ElfSegment ReadSegment(IImage image, ReadOnlySpan<byte> entry, string place)
    {
        var (type, flags) = (Little.U32(entry, 0), Little.U32(entry, 4));
        var (offset, address, bytes) = (Little.U64(entry, 8), Little.U64(entry, 16), Little.U64(entry, 32));
        if (type is not (Load or Note))
            return default;
        if (!Fits(offset, bytes, image.Length) || address + bytes < address)
            throw ElfRefusedException.Broken(place, "is outside of the file");
        if (type == Load && bytes > 0 && (offset ^ address) % PageBytes != 0)
            throw ElfRefusedException.Broken(place, "has a place in the file that does not agree with its place in memory");
        return new ElfSegment(type, (flags & 1) != 0, (flags & 2) != 0, address, (long)offset, (long)bytes);
    }

    private static ElfSection[] ReadSections(IImage image, ReadOnlySpan<byte> header)
    {
        const string Place = "the table of sections";
        var (offset, count) = ((long)Little.U64(header, 40), Little.U16(header, 60));
        if (offset == 0 || count == 0)
            return [];
        if (count > MaxSections)
            throw ElfRefusedException.TooLarge(Place, $"has more than {MaxSections} entries");
        if (Little.U16(header, 58) != SectionBytes)
            throw ElfRefusedException.Broken(Place, "has entries of a wrong size");
        var sections = new ElfSection[count];
        Span<byte> entry = stackalloc byte[SectionBytes];
        for (var i = 0; i < count; i++)
        {
            image.Fill(Place, EntryAt(offset, i, SectionBytes), entry);
            sections[i] = ReadSection(image, entry, i);
        }

        return sections;
    }

    /// <summary>A section without bytes in the file is one of no bytes, whatever it is in memory.</summary>
    private static ElfSection ReadSection(IImage image, ReadOnlySpan<byte> entry, int index)
    {
        var type = Little.U32(entry, 4);
        var (offset, bytes) = (Little.U64(entry, 24), type == NoBits ? 0 : Little.U64(entry, 32));
        var section = new ElfSection(index, Little.U32(entry, 0), type, Little.U64(entry, 16), bytes > 0 ? (long)offset : 0, (long)bytes, Little.U32(entry, 40));
        if (bytes > 0 && !Fits(offset, bytes, image.Length))
            throw ElfRefusedException.Broken(section.Place, "is outside of the file");
        return section;
    }

    /// <summary>Where an entry of a table is; outside of every file where there is no such place.</summary>
    private static long EntryAt(long table, int index, int bytes) =>
        table < 0 || table > MaxFileBytes ? -1 : table + (long)index * bytes;

    private static bool Fits(ulong offset, ulong bytes, long length) =>
        offset <= (ulong)length && bytes <= (ulong)length - offset;
}
