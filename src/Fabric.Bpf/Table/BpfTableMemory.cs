using System.Runtime.InteropServices;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Usage;

namespace Fabric.Bpf.Table;

/// <summary>
/// A table in a frozen BPF array, pinned for every process of the host to map. Nobody can write it or map it writable,
/// not even the node: its bytes change only through the writing program, which only the node has.
/// </summary>
internal sealed unsafe class BpfTableMemory : ITableMemory
{
    private const uint Mode = 0x1b6; // rw-rw-rw-: a read-only descriptor cannot be mapped, and the map is frozen

    private readonly BpfObject _object;
    private readonly Mapping _mapping;

    private BpfTableMemory(string path, BpfObject obj, Mapping mapping)
    {
        Path = path;
        _object = obj;
        _mapping = mapping;
    }

    public string Path { get; }

    public TableKind Kind => TableKind.Bpf;

    public byte* Bytes => _mapping.Bytes;

    public long Length => _mapping.Length;

    /// <summary>The table's descriptor and measures, for programs that read it.</summary>
    internal (int Fd, Geometry Geometry) ForReaders => (_object.Table, GeometryOf((TableHeader*)Bytes, Length));

    /// <summary>Where the kernel counts the calls that this table answers; null where it makes no such map: that stops nobody's answers.</summary>
    internal KernelCounters? OpenCounters()
    {
        var header = (TableHeader*)Bytes;
        try
        {
            // Four times as many as there can be flags: a flag takes a cell for each share of the CPUs that asks.
            var cells = Math.Clamp((int)header->SlotCount * 2, KernelCounters.MinCells, KernelCounters.MaxCells);
            return KernelCounters.OpenOrCreate(KernelCounters.PathFor(Path), TableOwner.Of(header).Fabric, cells);
        }
        catch (BpfRefusedException)
        {
            return null;
        }
    }

    /// <summary>The table pinned at <paramref name="path"/> when it is the owner's, otherwise a new one in its place.</summary>
    internal static BpfTableMemory OpenOrCreate(string path, TableOwner owner)
    {
        using var found = FoundTable.Open(path);
        if (found is not null && owner.WhyNot((TableHeader*)found.Mapping.Bytes, found.Mapping.Length) is null)
            return Adopt(path, found);
        var made = Create(path, owner, TableSize.For(owner.Capacity));
        if (found is not null && ((TableHeader*)found.Mapping.Bytes)->Magic == Layout.Magic)
            Retire(found);
        return made;
    }

    /// <summary>A new, empty table that takes the place of whatever is pinned at <paramref name="path"/> in one step.</summary>
    internal static BpfTableMemory Create(string path, TableOwner owner, TableSize size)
    {
        var header = owner.Header(size);
        var obj = BpfObject.Load(Programs.Writer, GeometryOf(&header, size.TotalBytes));
        try
        {
            var memory = new BpfTableMemory(path, obj, Mapping.Of(obj.Table, size.TotalBytes, writable: false));
            var stores = new StoreList();
            stores.Copy(0, MemoryMarshal.AsBytes(new ReadOnlySpan<TableHeader>(in header)));
            memory.Carry(stores);
            if (Libbpf.bpf_map_freeze(obj.Table) is < 0 and var error)
                throw new TableUnusableException($"cannot freeze the table: {Marshal.GetPInvokeErrorMessage(-error)}");
            Pin(obj.Table, path);
            return memory;
        }
        catch
        {
            obj.Dispose();
            throw;
        }
    }

    public void Carry(StoreList stores) => stores.With((first, count) =>
    {
        var run = new Run { Stores = (ulong)first, Count = (uint)count };
        var options = new Libbpf.TestRunOptions
        {
            Size = (nuint)sizeof(Libbpf.TestRunOptions),
            ContextIn = &run,
            ContextSizeIn = (uint)sizeof(Run),
        };
        var error = Libbpf.bpf_prog_test_run_opts(_object.Program, &options);
        if (error < 0)
            throw new TableUnusableException($"the kernel did not run the table's writer: {Marshal.GetPInvokeErrorMessage(-error)}");
        if (options.ReturnValue != (uint)count)
            throw new TableUnusableException($"the table's writer carried out {options.ReturnValue} of {count} stores");
    });

    public void Dispose()
    {
        _mapping.Dispose();
        _object.Dispose();
    }

    private static BpfTableMemory Adopt(string path, FoundTable found)
    {
        var obj = BpfObject.Load(Programs.Writer, GeometryOf((TableHeader*)found.Mapping.Bytes, found.Mapping.Length), found.Fd);
        return new BpfTableMemory(path, obj, Mapping.Of(obj.Table, found.Mapping.Length, writable: false));
    }

    /// <summary>Has readers of a table look for its successor.</summary>
    /// <exception cref="BpfRefusedException">The kernel refuses the writer.</exception>
    /// <exception cref="TableUnusableException">The kernel does not run it.</exception>
    internal static void Retire(FoundTable found)
    {
        var header = (TableHeader*)found.Mapping.Bytes;
        using var obj = BpfObject.Load(Programs.Writer, GeometryOf(header, found.Mapping.Length), found.Fd);
        using var old = new BpfTableMemory("", obj, Mapping.Of(obj.Table, found.Mapping.Length, writable: false));
        var stores = new StoreList();
        stores.Store64(Layout.HeaderRetired - sizeof(uint), header->Capacity | 1UL << 32);
        old.Carry(stores);
    }

    /// <summary>Puts a table in the place of whatever is pinned at <paramref name="path"/> in one step.</summary>
    /// <exception cref="TableUnusableException">The kernel refuses.</exception>
    internal static void Pin(int fd, string path)
    {
        var temporary = $"{path}-new"; // a BPF file system takes no name with a dot
        _ = Libc.unlink(temporary);
        if (Libbpf.bpf_obj_pin(fd, temporary) is < 0 and var error)
            throw new TableUnusableException($"cannot pin the table at {path}: {Marshal.GetPInvokeErrorMessage(-error)}");
        if (Libc.chmod(temporary, Mode) != 0 || Libc.rename(temporary, path) != 0)
            throw new TableUnusableException($"cannot put the table at {path}: {Libc.LastError()}");
    }

    private static Geometry GeometryOf(TableHeader* header, long bytes) => new()
    {
        TableBytes = (ulong)bytes,
        HeapOffset = header->HeapOffset,
        HeapBytes = header->HeapBytes,
        SlotMask = header->SlotCount - 1,
    };

    /// <summary>struct table_run.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct Run
    {
        public ulong Stores;
        public uint Count;
    }
}
