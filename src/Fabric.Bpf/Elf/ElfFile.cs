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
internal readonly record struct ElfSection(uint Name, uint Type, ulong Address, long Offset, long Bytes, uint Link);

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
    internal const uint NoteSection = 7;
    internal const uint DynamicSymbolTable = 11;
    internal const uint NoBits = 8;

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
    internal static ElfFile Read(IImage image)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (!image.TryRead(0, header[..4]) || BinaryPrimitives.ReadUInt32BigEndian(header) != 0x7f454c46)
            throw new ElfRefusedException(ElfProblem.NotElf, "it is not an ELF file");
        if (!image.TryRead(0, header))
            throw Broken("it ends within its header");
        if (header[4] != 2 || header[5] != 1 || U16(header, 18) != 62)
            throw new ElfRefusedException(ElfProblem.WrongKind, "it is not for x86-64");
        if (U16(header, 16) is not (2 or 3))
            throw new ElfRefusedException(ElfProblem.WrongKind, "it is neither a program nor a shared library");

        var segments = ReadSegments(image, header);
        var sections = ReadSections(image, header);
        return new ElfFile(image, segments, sections, U16(header, 62));
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

    internal static ElfRefusedException Broken(string what) => new(ElfProblem.Broken, $"it is broken: {what}");

    private static ElfSegment[] ReadSegments(IImage image, ReadOnlySpan<byte> header)
    {
        var (offset, count) = ((long)U64(header, 32), U16(header, 56));
        if (count > MaxSegments)
            throw new ElfRefusedException(ElfProblem.TooLarge, $"it has more than {MaxSegments} segments");
        if (count > 0 && U16(header, 54) != SegmentBytes)
            throw Broken("the size of its segment headers is wrong");
        var segments = new ElfSegment[count];
        Span<byte> entry = stackalloc byte[SegmentBytes];
        for (var i = 0; i < count; i++)
        {
            if (offset < 0 || !image.TryRead(offset + (long)i * SegmentBytes, entry))
                throw Broken("its segment headers are outside of the file");
            segments[i] = ReadSegment(image, entry);
        }

        return segments;
    }

    private static ElfSegment ReadSegment(IImage image, ReadOnlySpan<byte> entry)
    {
        var (type, flags) = (U32(entry, 0), U32(entry, 4));
        var (offset, address, bytes) = (U64(entry, 8), U64(entry, 16), U64(entry, 32));
        if (type is not (Load or Note))
            return default;
        if (!Fits(offset, bytes, image.Length) || address + bytes < address)
            throw Broken("a segment is outside of the file");
        if (type == Load && bytes > 0 && (offset ^ address) % PageBytes != 0)
            throw Broken("a segment's place in the file does not agree with its place in memory");
        return new ElfSegment(type, (flags & 1) != 0, (flags & 2) != 0, address, (long)offset, (long)bytes);
    }

    private static ElfSection[] ReadSections(IImage image, ReadOnlySpan<byte> header)
    {
        var (offset, count) = ((long)U64(header, 40), U16(header, 60));
        if (offset == 0 || count == 0)
            return [];
        if (count > MaxSections)
            throw new ElfRefusedException(ElfProblem.TooLarge, $"it has more than {MaxSections} sections");
        if (U16(header, 58) != SectionBytes)
            throw Broken("the size of its section headers is wrong");
        var sections = new ElfSection[count];
        Span<byte> entry = stackalloc byte[SectionBytes];
        for (var i = 0; i < count; i++)
        {
            if (offset < 0 || !image.TryRead(offset + (long)i * SectionBytes, entry))
                throw Broken("its section headers are outside of the file");
            sections[i] = ReadSection(image, entry);
        }

        return sections;
    }

    /// <summary>A section without bytes in the file is one of no bytes, whatever it is in memory.</summary>
    private static ElfSection ReadSection(IImage image, ReadOnlySpan<byte> entry)
    {
        var type = U32(entry, 4);
        var (offset, bytes) = (U64(entry, 24), type == NoBits ? 0 : U64(entry, 32));
        if (bytes > 0 && !Fits(offset, bytes, image.Length))
            throw Broken("a section is outside of the file");
        return new ElfSection(U32(entry, 0), type, U64(entry, 16), bytes > 0 ? (long)offset : 0, (long)bytes, U32(entry, 40));
    }

    private static bool Fits(ulong offset, ulong bytes, long length) =>
        offset <= (ulong)length && bytes <= (ulong)length - offset;

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
