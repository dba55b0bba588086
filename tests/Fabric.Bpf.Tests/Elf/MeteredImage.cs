using Fabric.Bpf.Elf;

namespace Fabric.Bpf.Tests.Elf;

/// <summary>Counts what is read, which bounds the time that reading takes whatever machine it is on.</summary>
internal sealed class MeteredImage(IImage image) : IImage
{
    public long Length => image.Length;

    internal long Reads { get; private set; }

    internal long Bytes { get; private set; }

    public bool TryRead(long offset, Span<byte> to)
    {
        (Reads, Bytes) = (Reads + 1, Bytes + to.Length);
        return image.TryRead(offset, to);
    }
}
