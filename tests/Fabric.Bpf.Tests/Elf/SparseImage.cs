using Fabric.Bpf.Elf;

namespace Fabric.Bpf.Tests.Elf;

/// <summary>A file that is mostly a hole, as large as it likes.</summary>
internal sealed record SparseImage(byte[] Head, long Length, long At = 0, byte[]? Bytes = null) : IImage
{
    public bool TryRead(long offset, Span<byte> to)
    {
        if (offset < 0 || offset > Length - to.Length)
            return false;
        to.Clear();
        Copy(Head, 0, offset, to);
        Copy(Bytes ?? [], At, offset, to);
        return true;
    }

    private static void Copy(byte[] from, long at, long offset, Span<byte> to)
    {
        var (first, end) = (Math.Max(at, offset), Math.Min(at + from.Length, offset + to.Length));
        if (first < end)
            from.AsSpan((int)(first - at), (int)(end - first)).CopyTo(to[(int)(first - offset)..]);
    }
}
