using System.Runtime.InteropServices;
using System.Text;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;
using Fabric.Flags;

namespace Fabric.Bpf.Usage;

/// <summary>
/// What the override door counts: the map `usage` of <c>bpf/usage.bpf.h</c>, pinned beside the table, so that the counts
/// outlive the node and the program. It belongs to one fabric: that of another is replaced.
/// </summary>
internal sealed unsafe class KernelCounters : IDisposable
{
    /// <summary>Cells at least and at most, whatever the table's size; each has 144 bytes.</summary>
    internal const int MinCells = 1024;
    internal const int MaxCells = 131_072;

    internal const int Page = 4096;
    internal const int ExeCount = 512;
    internal const ulong Whole = 1UL << 63;

    private const ulong MapMagic = 0x4b47415355474c46; // "FLGUSAGK"
    private const ulong Version = 1;
    private const uint ArrayMap = 2;
    private const uint Mappable = 1 << 10;
    private const uint Mode = 0x180; // rw-------

    private readonly Mapping _mapping;

    private KernelCounters(int fd, Mapping mapping)
    {
        Fd = fd;
        _mapping = mapping;
    }

    /// <summary>The map's descriptor, for programs that count; owned by this object.</summary>
    internal int Fd { get; }

    /// <summary>Cells, a power of two.</summary>
    internal int CellCount => (int)((_mapping.Length - Page - ExeCount * sizeof(Exe)) / (sizeof(Cell) + sizeof(Name)));

    private Header* Head => (Header*)_mapping.Bytes;

    /// <summary>Where they are pinned that are counted of a table. A BPF file system takes no name with a dot.</summary>
    internal static string PathFor(string table) => $"{table}-usage";

    /// <summary>Those that are pinned, or new ones in their place.</summary>
    /// <param name="path">Where they are pinned.</param>
    /// <param name="fabric">The fabric whose flags are counted.</param>
    /// <param name="cells">How many cells new ones have, a power of two; those that are there stay as large as they are.</param>
    /// <exception cref="BpfRefusedException">The kernel makes no such map.</exception>
    internal static KernelCounters OpenOrCreate(string path, Guid fabric, int cells) =>
        TryOpen(path, fabric) ?? Create(path, fabric, cells);

    /// <summary>Those that are pinned; null where there are none of this fabric.</summary>
    internal static KernelCounters? TryOpen(string path, Guid fabric)
    {
        var fd = Libbpf.bpf_obj_get(path);
        if (fd < 0)
            return null;
        Libbpf.MapInfo info;
        var length = (uint)sizeof(Libbpf.MapInfo);
        if (Libbpf.bpf_obj_get_info_by_fd(fd, &info, &length) < 0 || info.Type != ArrayMap || info.MaxEntries != 1
            || (info.MapFlags & Mappable) == 0 || info.ValueSize < Size(1) || Map(fd, info.ValueSize, writable: false) is not { } mapping)
        {
            _ = Libc.close(fd);
            return null;
        }

        var counters = new KernelCounters(fd, mapping);
        if (counters.Head->Magic == MapMagic && counters.Head->Layout == Version && new Guid(new ReadOnlySpan<byte>(counters.Head->FabricId, 16)) == fabric
            && int.IsPow2(counters.CellCount) && Size(counters.CellCount) == info.ValueSize)
        {
            return counters;
        }

        counters.Dispose();
        return null;
    }

    /// <summary>What they say now.</summary>
    internal KernelReading Read(TimeProvider time)
    {
        var exes = ReadExes();
        var boot = time.GetUtcNow() - TimeSpan.FromTicks((long)(HostClocks.BootNanoseconds / 100));
        var cells = (Cell*)(_mapping.Bytes + Page + ExeCount * sizeof(Exe));
        var names = (Name*)(cells + CellCount);
        var rows = new List<UsageRow>();
        for (var i = 0; i < CellCount; i++)
        {
            var which = Volatile.Read(ref cells[i].Which);
            if ((which & Whole) == 0 || UsageSheet.Text(new ReadOnlySpan<byte>(names[i].Text, SheetRow.NameBytes)) is not { } name)
                continue;
            // A slot that went to another flag at the very moment when its name was noted: whose calls they are is not known any more.
            if (TextHash.Of(Encoding.UTF8.GetBytes(name)) != cells[i].Hash)
                continue;
            var counts = new long[Cell.CounterCount];
            for (var c = 0; c < counts.Length; c++)
                counts[c] = UsageSheet.Count(cells[i].Counters[c]);
            rows.Add(new UsageRow(UsageDoor.Override, exes.GetValueOrDefault(cells[i].Exe), name, (uint)which,
                (int)(which >> 40 & 0x3f) * Cell.CounterCount, boot.AddTicks((long)(names[i].FirstNs / 100)), counts));
        }

        return new KernelReading($"{Head->Epoch:x16}", rows, UsageSheet.Count(Head->Beyond), UsageSheet.Count(Head->Unheld));
    }

    public void Dispose()
    {
        _mapping.Dispose();
        _ = Libc.close(Fd);
    }

    private static long Size(int cells) => Page + ExeCount * (long)sizeof(Exe) + cells * (long)(sizeof(Cell) + sizeof(Name));

    private static Mapping? Map(int fd, long length, bool writable)
    {
        try
        {
            return Mapping.Of(fd, length, writable);
        }
        catch (TableUnusableException)
        {
            return null;
        }
    }

    private static KernelCounters Create(string path, Guid fabric, int cells)
    {
        var options = new Libbpf.MapCreateOptions { Size = (nuint)sizeof(Libbpf.MapCreateOptions), Flags = Mappable };
        var fd = Libbpf.bpf_map_create(ArrayMap, "usage", sizeof(uint), (uint)Size(cells), 1, &options);
        if (fd < 0)
            throw new BpfRefusedException($"the kernel makes no map to count in: {Marshal.GetPInvokeErrorMessage(-fd)}", -fd);
        if (Map(fd, Size(cells), writable: true) is not { } mapping)
        {
            _ = Libc.close(fd);
            throw new BpfRefusedException($"cannot map what is counted: {Libc.LastError()}", 0);
        }

        var made = new KernelCounters(fd, mapping);
        made.Head->Magic = MapMagic;
        made.Head->Layout = Version;
        made.Head->Epoch = HostClocks.BootNanoseconds;
        fabric.TryWriteBytes(new Span<byte>(made.Head->FabricId, 16));
        made.Pin(path);
        return made;
    }

    private void Pin(string path)
    {
        var temporary = $"{path}-new";
        _ = Libc.unlink(temporary);
        var error = Libbpf.bpf_obj_pin(Fd, temporary);
        if (error >= 0 && Libc.chmod(temporary, Mode) == 0 && Libc.rename(temporary, path) == 0)
            return;
        var why = error < 0 ? Marshal.GetPInvokeErrorMessage(-error) : Libc.LastError();
        Dispose();
        throw new BpfRefusedException($"cannot pin what is counted at {path}: {why}", 0);
    }

    private Dictionary<ulong, string> ReadExes()
    {
        var exes = (Exe*)(_mapping.Bytes + Page);
        var paths = new Dictionary<ulong, string>();
        for (var i = 0; i < ExeCount; i++)
        {
            if (Volatile.Read(ref exes[i].State) == Whole && exes[i].At < Exe.PathBytes
                && UsageSheet.Text(new ReadOnlySpan<byte>(exes[i].Path + exes[i].At, Exe.PathBytes - (int)exes[i].At)) is { Length: > 0 } text)
            {
                paths[exes[i].Id] = text;
            }
        }

        return paths;
    }

    /// <summary>struct usage_map_header.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Header
    {
        public ulong Magic;
        public ulong Layout;
        public ulong Beyond;
        public ulong Unknown;
        public ulong Epoch;
        public fixed byte FabricId[16];
        public ulong Unheld;
    }

    /// <summary>struct usage_exe.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 576)]
    internal struct Exe
    {
        internal const int PathBytes = 512;

        public ulong State;
        public ulong Id;
        public uint At;
        private fixed uint _reserved[11];
        public fixed byte Path[PathBytes];
    }

    /// <summary>struct usage_cell.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    internal struct Cell
    {
        internal const int CounterCount = 5;

        public ulong Exe;
        public ulong Hash;
        public ulong Which;
        public fixed ulong Counters[CounterCount];
    }

    /// <summary>struct usage_name.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 80)]
    internal struct Name
    {
        public fixed byte Text[SheetRow.NameBytes];
        public ulong FirstNs;
    }
}
