using Microsoft.Win32.SafeHandles;

namespace Fabric.Bpf.Elf;

/// <summary>The bytes of a file that nobody vouches for: every read may fail.</summary>
internal interface IImage
{
    long Length { get; }

    /// <summary>Fills <paramref name="to"/>; false when the image does not have all of it.</summary>
    bool TryRead(long offset, Span<byte> to);
}

/// <summary>
/// An open file. It is read and never mapped: a mapping ends the process when somebody shortens the file meanwhile.
/// </summary>
internal sealed class FileImage(SafeFileHandle file) : IImage
{
    public long Length { get; } = RandomAccess.GetLength(file);

    public bool TryRead(long offset, Span<byte> to)
    {
        if (offset < 0 || offset > Length - to.Length)
            return false;
        while (to.Length > 0)
        {
            var read = RandomAccess.Read(file, to, offset);
            if (read <= 0)
                return false;
            to = to[read..];
            offset += read;
        }

        return true;
    }
}

/// <summary>Bytes in memory.</summary>
internal sealed class MemoryImage(ReadOnlyMemory<byte> bytes) : IImage
{
    public long Length => bytes.Length;

    public bool TryRead(long offset, Span<byte> to)
    {
        if (offset < 0 || offset > bytes.Length - to.Length)
            return false;
        bytes.Span.Slice((int)offset, to.Length).CopyTo(to);
        return true;
    }
}

/// <summary>Reads a page at a time, for whoever reads little here and there; of use to one thread.</summary>
internal sealed class CachedImage(IImage image) : IImage
{
    private const int PageBytes = 4096;

    private readonly byte[] _page = new byte[PageBytes];
    private long _at = -1;
    private int _bytes;

    public long Length => image.Length;

    public bool TryRead(long offset, Span<byte> to)
    {
        if (offset < 0 || offset > Length - to.Length)
            return false;
        while (to.Length > 0)
        {
            if (!Turn(offset / PageBytes * PageBytes))
                return false;
            var from = _page.AsSpan((int)(offset - _at), Math.Min(to.Length, _bytes - (int)(offset - _at)));
            from.CopyTo(to);
            to = to[from.Length..];
            offset += from.Length;
        }

        return true;
    }

    private bool Turn(long page)
    {
        if (_at == page)
            return true;
        _at = -1;
        _bytes = (int)Math.Min(PageBytes, Length - page);
        if (!image.TryRead(page, _page.AsSpan(0, _bytes)))
            return false;
        _at = page;
        return true;
    }
}
