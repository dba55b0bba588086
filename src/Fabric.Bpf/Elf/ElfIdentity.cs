using System.Text;

namespace Fabric.Bpf.Elf;

/// <summary>Who made a file: its build-id, and whether the Go linker did.</summary>
internal static class ElfIdentity
{
    private const int MaxNoteBytes = 64 * 1024;
    private const int MaxNotePlaces = 64;
    private const int MaxIdBytes = 256;
    private const int GnuIdNote = 3;
    private const int GoIdNote = 4;
    private const int GoInfoBytes = 32;
    private const int MaxVersionBytes = 64;
    private const int GoSearchBytes = 64 * 1024;

    /// <summary>A byte 0xff stands before it.</summary>
    private static ReadOnlySpan<byte> GoMagic => " Go buildinf:"u8;

    /// <summary>The GNU build-id in hexadecimal, otherwise Go's own; null where there is neither.</summary>
    internal static string? BuildId(ElfFile elf) => GnuBuildId(elf) ?? GoId(elf);

    /// <summary>The GNU build-id in hexadecimal; null where there is none.</summary>
    internal static string? GnuBuildId(ElfFile elf) =>
        Notes(elf).Select(static note => note is { Name: "GNU", Type: GnuIdNote } ? Convert.ToHexStringLower(note.Value) : null).FirstOrDefault(static id => id is not null);

    /// <summary>Whether the Go linker made it.</summary>
    internal static bool IsGo(ElfFile elf) => GoInfo(elf) is not null || GoId(elf) is not null;

    /// <summary>Go's version, such as <c>go1.24.2</c>; null where it is not Go or does not say.</summary>
    internal static string? GoVersion(ElfFile elf)
    {
        Span<byte> head = stackalloc byte[GoInfoBytes];
        if (GoInfo(elf) is not { } at || !elf.Image.TryRead(at, head))
            return null;
        // Since Go 1.18 the version stands behind the head; before, the head points to Go's string of it.
        return (head[15] & 2) != 0 ? InlineVersion(elf, at + GoInfoBytes) : PointedVersion(elf, Little.U64(head, 16));
    }

    private static string? InlineVersion(ElfFile elf, long at)
    {
        Span<byte> length = stackalloc byte[1];
        return elf.Image.TryRead(at, length) ? Version(elf, at + 1, length[0]) : null;
    }

    private static string? PointedVersion(ElfFile elf, ulong address)
    {
        Span<byte> text = stackalloc byte[16];
        if (elf.OffsetOf(address) is not { } at || !elf.Image.TryRead(at, text))
            return null;
        var bytes = Little.U64(text, 8);
        return elf.OffsetOf(Little.U64(text, 0)) is { } place && bytes <= MaxVersionBytes
            ? Version(elf, place, (int)bytes)
            : null;
    }

    private static string? Version(ElfFile elf, long at, int bytes)
    {
        Span<byte> version = stackalloc byte[MaxVersionBytes];
        if (bytes is 0 or > MaxVersionBytes || !elf.Image.TryRead(at, version[..bytes]))
            return null;
        return version[..bytes].IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 ? Encoding.ASCII.GetString(version[..bytes]) : null;
    }

    private static string? GoId(ElfFile elf)
    {
        foreach (var (name, type, value) in Notes(elf))
        {
            if (name == "Go" && type == GoIdNote && value.AsSpan().IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0)
                return Encoding.ASCII.GetString(value);
        }

        return null;
    }

    /// <summary>Where Go's build information begins in the file.</summary>
    private static long? GoInfo(ElfFile elf)
    {
        if (elf.Section(".go.buildinfo") is { } section)
            return FindGoInfo(elf, section.Offset, section.Bytes);
        foreach (var segment in elf.Segments)
        {
            if (segment is { Type: ElfFile.Load, Writable: true })
                return FindGoInfo(elf, segment.Offset, segment.FileBytes);
        }

        return null;
    }

    /// <summary>It is aligned to 16 bytes in memory, and near the beginning of the data where there are no sections.</summary>
    private static long? FindGoInfo(ElfFile elf, long offset, long bytes)
    {
        var data = new byte[(int)Math.Min(bytes, GoSearchBytes)];
        if (!elf.Image.TryRead(offset, data))
            return null;
        for (var at = (int)(-offset & 15); at <= data.Length - GoInfoBytes; at += 16)
        {
            if (data[at] == 0xff && data.AsSpan(at + 1).StartsWith(GoMagic))
                return offset + at;
        }

        return null;
    }

    private static IEnumerable<(string Name, uint Type, byte[] Value)> Notes(ElfFile elf)
    {
        // A file of names has the notes of the other's, but not its segments.
        var segments = elf.Segments.Where(static segment => segment.Type == ElfFile.Note).Select(static segment => (segment.Offset, Bytes: segment.FileBytes));
        var sections = elf.Sections.Where(static section => section.Type == ElfFile.NoteSection).Select(static section => (section.Offset, section.Bytes));
        return segments.Concat(sections).Take(MaxNotePlaces).SelectMany(place => Notes(elf, place.Offset, place.Bytes));
    }

    private static IEnumerable<(string Name, uint Type, byte[] Value)> Notes(ElfFile elf, long offset, long bytes)
    {
        var notes = new byte[(int)Math.Min(bytes, MaxNoteBytes)];
        if (!elf.Image.TryRead(offset, notes))
            yield break;
        for (var at = 0; at <= notes.Length - 12;)
        {
            var (nameBytes, valueBytes) = (Little.U32(notes, at), Little.U32(notes, at + 4));
            var type = Little.U32(notes, at + 8);
            if (nameBytes > MaxIdBytes || valueBytes > MaxNoteBytes)
                yield break;
            var valueAt = at + 12 + (int)(nameBytes + 3 & ~3u);
            if (valueAt + (int)valueBytes > notes.Length)
                yield break;
            var name = Encoding.ASCII.GetString(notes, at + 12, (int)nameBytes).TrimEnd('\0');
            if (valueBytes <= MaxIdBytes)
                yield return (name, type, notes.AsSpan(valueAt, (int)valueBytes).ToArray());
            at = valueAt + (int)(valueBytes + 3 & ~3u);
        }
    }
}
