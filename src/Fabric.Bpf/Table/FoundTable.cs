using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Table;

/// <summary>A pinned array that may be a table.</summary>
internal sealed unsafe class FoundTable : IDisposable
{
    private const uint ArrayMap = 2;

    private FoundTable(int fd, Mapping mapping)
    {
        Fd = fd;
        Mapping = mapping;
    }

    internal int Fd { get; }

    internal Mapping Mapping { get; }

    /// <summary>Null when there is nothing at <paramref name="path"/>, or nothing that could be a table.</summary>
    internal static FoundTable? Open(string path)
    {
        var fd = Libbpf.bpf_obj_get(path);
        if (fd < 0)
            return null;
        Libbpf.MapInfo info;
        var length = (uint)sizeof(Libbpf.MapInfo);
        if (Libbpf.bpf_obj_get_info_by_fd(fd, &info, &length) < 0
            || info.Type != ArrayMap || info.MaxEntries != 1 || info.ValueSize < Layout.HeaderBytes)
        {
            _ = Libc.close(fd);
            return null;
        }

        return new FoundTable(fd, Mapping.Of(fd, info.ValueSize, writable: false));
    }

    public void Dispose()
    {
        Mapping.Dispose();
        _ = Libc.close(Fd);
    }
}
