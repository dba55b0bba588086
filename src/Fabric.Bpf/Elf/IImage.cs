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
