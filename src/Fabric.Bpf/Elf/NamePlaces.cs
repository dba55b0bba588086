namespace Fabric.Bpf.Elf;

/// <summary>Texts that end with a zero byte each, one after the other in a part of a file.</summary>
/// <param name="Image">The file.</param>
/// <param name="Place">What a refusal calls the part.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Bytes">How long it is.</param>
internal readonly record struct NamePlaces(IImage Image, string Place, long Offset, long Bytes)
{
    /// <summary>Bytes of names of one file that are read at most.</summary>
    internal const long MaxBytes = 512L * 1024 * 1024;

    /// <summary>Names that may end in the one that is looked for: linkers let names share their ends.</summary>
    private const int MaxPlaces = 65_536;

    private const int PieceBytes = 48 * 1024;
    private const int MaxShownBytes = 512;

    /// <summary>All places where these bytes stand, in order.</summary>
    /// <param name="wanted">At most <see cref="ElfSymbols.MaxNameBytes"/> of them.</param>
    internal IEnumerable<long> Of(byte[] wanted)
    {
        if (Bytes > MaxBytes)
            throw ElfRefusedException.TooLarge(Place, $"has more than {MaxBytes} bytes");
        var piece = new byte[PieceBytes];
        // Pieces overlap, so that what lies across the border of two is found, and once.
        for (long at = 0; at <= Bytes - wanted.Length; at += piece.Length - wanted.Length + 1)
        {
            var length = (int)Math.Min(piece.Length, Bytes - at);
            Image.Fill(Place, Offset + at, piece.AsSpan(0, length));
            for (int from = 0, found; (found = piece.AsSpan(from, length - from).IndexOf(wanted)) >= 0; from += found + 1)
                yield return at + from + found;
        }
    }

    /// <summary>Where names that are, or end in, the wanted one begin.</summary>
    /// <param name="wanted">The name and its terminator.</param>
    internal HashSet<uint> Names(byte[] wanted)
    {
        var places = new HashSet<uint>();
        foreach (var at in Of(wanted))
        {
            places.Add((uint)at);
            if (places.Count > MaxPlaces)
                throw ElfRefusedException.TooLarge(Place, "has too many names that end in the one that is looked for");
        }

        return places;
    }

    /// <summary>The whole name that a place lies in, and where it begins; null where that is not to be shown.</summary>
    internal (uint At, string Name)? Around(long place)
    {
        Span<byte> before = stackalloc byte[(int)Math.Min(MaxShownBytes, place)];
        Image.Fill(Place, Offset + place - before.Length, before);
        var start = place - before.Length + before.LastIndexOf((byte)0) + 1;
        return At(start) is { } name && name.Length > place - start ? ((uint)start, name) : null;
    }

    /// <summary>The name that begins there; null where it is too long to be shown, or is no text.</summary>
    internal string? At(long place)
    {
        if (place < 0 || place >= Bytes)
            return null;
        Span<byte> name = stackalloc byte[(int)Math.Min(MaxShownBytes, Bytes - place)];
        Image.Fill(Place, Offset + place, name);
        var end = name.IndexOf((byte)0);
        return end > 0 && name[..end].IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0
            ? System.Text.Encoding.ASCII.GetString(name[..end])
            : null;
    }
}
