using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Table;

/// <summary>A part of this process's memory that shows a file or a BPF array.</summary>
internal sealed unsafe class Mapping : IDisposable
{
    private Mapping(byte* bytes, long length)
    {
        Bytes = bytes;
        Length = length;
    }

    internal byte* Bytes { get; private set; }

    internal long Length { get; }

    internal static Mapping Of(int fd, long length, bool writable)
    {
        var protection = writable ? Libc.ProtRead | Libc.ProtWrite : Libc.ProtRead;
        var bytes = Libc.mmap(null, (nuint)length, protection, Libc.MapShared, fd, 0);
        return (nint)bytes == -1
            ? throw new TableUnusableException($"cannot map the table: {Libc.LastError()}")
            : new Mapping((byte*)bytes, length);
    }

    public void Dispose()
    {
        if (Bytes != null)
            _ = Libc.munmap(Bytes, (nuint)Length);
        Bytes = null;
    }
}
