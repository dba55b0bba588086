namespace Fabric.Bpf.Elf;

/// <summary>A function as Go's own table has it.</summary>
/// <param name="Symbol">Where it is, up to where the next one begins.</param>
/// <param name="Name">Where its name is in the table's names.</param>
/// <param name="IsForeign">Whether it is C's: Go's own linker lists such functions too, without knowing their stacks.</param>
/// <param name="IsAssembly">Whether it is written in assembly, and so takes its arguments on the stack; Go says so since 1.18.</param>
internal readonly record struct GoFunction(ElfSymbol Symbol, uint Name, bool IsForeign, bool IsAssembly);

/// <summary>
/// The table from which Go's runtime names functions (pclntab). It is there even where a program was stripped, and its
/// forms are those of Go 1.16, 1.18 and 1.20; later versions have the last of them.
/// </summary>
internal sealed class GoTable
{
    private const int MaxFunctions = 1 << 21;
    private const int EntryBytes = 44;
    private const int LeastBytes = 40;
    private const byte Assembly = 4;

    private readonly ElfFile _elf;
    private readonly CachedImage _image;
    private readonly GoTableHeader _header;
    private readonly string _place;

    private GoTable(ElfFile elf, GoTableHeader header, string place)
    {
        _elf = elf;
        _image = new CachedImage(elf.Image);
        _header = header;
        _place = place;
    }

    /// <summary>Whether it is of a form that Go 1.16 and 1.17 share, of which only the latter passes arguments in registers.</summary>
    internal bool IsOfFirstForm => _header.Form == GoTableForm.Go116;

    /// <summary>The table of a program; null where it has none of a known form.</summary>
    /// <exception cref="ElfRefusedException">It has one that cannot be.</exception>
    internal static GoTable? Of(ElfFile elf)
    {
        if (GoTableHeader.Find(elf) is not var (header, place))
            return null;
        if (header.Count > MaxFunctions)
            throw ElfRefusedException.TooLarge(place, $"has more than {MaxFunctions} functions");
        var entries = (long)header.Count * header.EntryBytes + header.EntryBytes / 2;
        if (header.Functions < header.Names || header.Functions > header.Bytes || entries > header.Bytes - header.Functions)
            throw ElfRefusedException.Broken(place, "has parts that are outside of it");
        return new GoTable(elf, header, place);
    }

    /// <summary>The functions of that name.</summary>
    /// <param name="wanted">The name and its terminator.</param>
    internal IEnumerable<GoFunction> Named(byte[] wanted)
    {
        var places = Names.Names(wanted);
        return places.Count == 0 ? [] : Functions().Where(function => places.Contains(function.Name));
    }

    /// <summary>All functions, from the lowest address to the highest.</summary>
    internal IEnumerable<GoFunction> Functions()
    {
        for (var i = 0; i < (int)_header.Count; i++)
        {
            if (At(i) is { } function)
                yield return function;
        }
    }

    /// <summary>The function that begins at an address; null where none of Go's does.</summary>
    internal GoFunction? Starting(ulong address)
    {
        var (low, high) = (0, (int)_header.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var entry = Entry(middle);
            if (entry == address)
                return At(middle);
            (low, high) = entry < address ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    internal NamePlaces Names => new(_elf.Image, $"the names of {_place}", _header.At + _header.Names, _header.Functions - _header.Names);

    private GoFunction? At(int index)
    {
        Span<byte> about = stackalloc byte[EntryBytes];
        var (start, end) = (Entry(index), Entry(index + 1));
        if (_elf.CodeAt(start) is not { } code || end <= start || end > code.End)
            return null;
        var at = _header.Functions + FunctionOffset(index);
        about.Clear();
        // The last one may be shorter than the longest form.
        _image.Fill(_place, _header.At + at, about[..(int)Math.Clamp(_header.Bytes - at, LeastBytes, about.Length)]);
        return new GoFunction(
            new ElfSymbol(start, end - start), _header.NameIn(about), !_header.HasStackIn(about), (_header.FlagsIn(about) & Assembly) != 0);
    }

    private ulong Entry(int index)
    {
        Span<byte> bytes = stackalloc byte[8];
        var half = bytes[..(_header.EntryBytes / 2)];
        _image.Fill(_place, _header.At + _header.Functions + (long)index * _header.EntryBytes, half);
        return _header.Text + (half.Length == 8 ? Little.U64(half, 0) : Little.U32(half, 0));
    }

    private long FunctionOffset(int index)
    {
        Span<byte> bytes = stackalloc byte[8];
        var half = bytes[..(_header.EntryBytes / 2)];
        _image.Fill(_place, _header.At + _header.Functions + (long)index * _header.EntryBytes + half.Length, half);
        var offset = half.Length == 8 ? Little.U64(half, 0) : Little.U32(half, 0);
        return offset <= (ulong)_header.Bytes ? (long)offset : throw ElfRefusedException.Broken(_place, $"has function {index} outside of itself");
    }
}
