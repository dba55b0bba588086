using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Table;

/// <summary>A table in a file, for a node without BPF rights. The file's mode keeps others from writing it.</summary>
internal sealed unsafe class FileTableMemory : ITableMemory
{
    private const uint Mode = 0x1a4; // rw-r--r--

    private readonly Mapping _mapping;

    private FileTableMemory(string path, Mapping mapping)
    {
        Path = path;
        _mapping = mapping;
    }

    public string Path { get; }

    public TableKind Kind => TableKind.File;

    public byte* Bytes => _mapping.Bytes;

    public long Length => _mapping.Length;

    /// <summary>The table at <paramref name="path"/> when it is the owner's, otherwise a new one in its place.</summary>
    internal static FileTableMemory OpenOrCreate(string path, TableOwner owner)
    {
        if (TryOpen(path) is { } found)
        {
            if (owner.WhyNot((TableHeader*)found.Bytes, found.Length) is null)
                return found;
            var made = Create(path, owner, TableSize.For(owner.Capacity));
            Retire(found);
            return made;
        }

        return Create(path, owner, TableSize.For(owner.Capacity));
    }

    /// <summary>A new, empty table that takes the place of whatever is at <paramref name="path"/> in one step.</summary>
    internal static FileTableMemory Create(string path, TableOwner owner, TableSize size)
    {
        var temporary = $"{path}.new";
        var folder = System.IO.Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        _ = Libc.unlink(temporary);
        var fd = Libc.open(temporary, Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenCloseOnExec | Libc.OpenNoFollow, Mode);
        if (fd < 0)
            throw new TableUnusableException($"cannot create {temporary}: {Libc.LastError()}");
        try
        {
            // All blocks now: a page that the disk has no room for later would end the node with SIGBUS.
            var error = Libc.posix_fallocate(fd, 0, (nint)size.TotalBytes);
            if (error != 0)
                throw new TableUnusableException($"no room for a table of {size.TotalBytes} bytes in {folder} (error {error})");
            var mapping = Mapping.Of(fd, size.TotalBytes, writable: true);
            *(TableHeader*)mapping.Bytes = owner.Header(size);
            // The mode is for every reader of the host, whatever the umask of whoever started the node.
            if (Libc.chmod(temporary, Mode) != 0 || Libc.rename(temporary, path) != 0)
                throw new TableUnusableException($"cannot put the table at {path}: {Libc.LastError()}");
            return new FileTableMemory(path, mapping);
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    public void Carry(StoreList stores) => stores.With((first, count) =>
    {
        for (var i = 0; i < count; i++)
        {
            var target = Bytes + first[i].Offset;
            if (first[i].Kind == StoreKind.Copy)
                Buffer.MemoryCopy((void*)first[i].Value, target, first[i].Length, first[i].Length);
            else
                Interlocked.Exchange(ref *(ulong*)target, first[i].Value);
        }
    });

    public void Dispose() => _mapping.Dispose();

    private static FileTableMemory? TryOpen(string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists || info.Length < Layout.HeaderBytes)
            return null;
        var fd = Libc.open(path, Libc.OpenReadWrite | Libc.OpenCloseOnExec | Libc.OpenNoFollow, 0);
        if (fd < 0)
            return null;
        try
        {
            return new FileTableMemory(path, Mapping.Of(fd, info.Length, writable: true));
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    private static void Retire(FileTableMemory old)
    {
        if (((TableHeader*)old.Bytes)->Magic == Layout.Magic)
            Interlocked.Exchange(ref ((TableHeader*)old.Bytes)->Retired, 1);
        old.Dispose();
    }
}
