using System.Globalization;
using Fabric.Bpf.Elf;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;
using Fabric.Bpf.Usage;

namespace Fabric.Bpf.Attach;

/// <summary>The program that answers in a function's place, loaded for one table.</summary>
internal sealed class OverrideProgram : IDisposable
{
    /// <summary>Calls that may evaluate a rule at one time where the kernel has no memory for their tasks: SPARE_RUNS of <c>bpf/runs.bpf.h</c>.</summary>
    internal const uint SpareRuns = 128;

    private const byte Trap = 0xcc;
    private const ulong Go = 1UL << 32;
    private const ulong WithKey = 1UL << 33;
    private const int PlaceShift = 34;

    private readonly BpfObject _object;
    private readonly uint? _usage; // the kernel's number of the counters

    private OverrideProgram(BpfObject obj, KernelCounters? counters)
    {
        _object = obj;
        _usage = counters is null ? null : BpfObject.MapId(counters.Fd);
        Mark = string.Join('+', SharedMaps.Select(static map => map.ToString(CultureInfo.InvariantCulture)).Prepend($"{BpfObject.Tag(obj.Program):x16}"));
    }

    /// <summary>
    /// Says what it does: a digest of its instructions, and the kernel's numbers of the maps it does it with. Written in
    /// the name of each pinned link, since only a process with CAP_SYS_ADMIN could ask the kernel for the program of a link.
    /// </summary>
    internal string Mark { get; }

    /// <summary>Descriptor of the table that it reads.</summary>
    internal int Table => _object.Table;

    /// <summary>Whether the table was ever written: until then the program leaves every function its own answer.</summary>
    internal unsafe bool HasAnswers
    {
        get
        {
            using var header = Mapping.Of(_object.Table, ElfFile.PageBytes, writable: false);
            return ((TableHeader*)header.Bytes)->Revision[0] != 0 || ((TableHeader*)header.Bytes)->Revision[1] != 0;
        }
    }

    /// <summary>Maps that a program of an earlier process must have had too, to do what this one does.</summary>
    private IEnumerable<uint> SharedMaps => _usage is { } usage ? [BpfObject.MapId(_object.Table), usage] : [BpfObject.MapId(_object.Table)];

    /// <summary>Loads it for the table of a node.</summary>
    /// <exception cref="BpfRefusedException">The kernel refuses the program.</exception>
    internal static OverrideProgram Load(BpfTableMemory table)
    {
        var (fd, geometry) = table.ForReaders;
        using var counters = table.OpenCounters();
        return Load(geometry, fd, mayOverride: true, counters);
    }

    /// <param name="geometry">The table's measures.</param>
    /// <param name="table">The table's descriptor; null makes a new, empty one.</param>
    /// <param name="mayOverride">False decides and leaves the registers alone, which kernels without register writes may allow.</param>
    /// <param name="counters">Where calls are counted; null counts nothing.</param>
    /// <param name="ownRuns">False has calls evaluate only in the spare places, as where the kernel has no memory for their tasks.</param>
    /// <param name="spareRuns">How many those are, up to <see cref="SpareRuns"/>.</param>
    /// <exception cref="BpfRefusedException">The kernel refuses the program.</exception>
    internal static OverrideProgram Load(
        Geometry geometry, int? table, bool mayOverride, KernelCounters? counters = null, bool ownRuns = true, uint spareRuns = SpareRuns)
    {
        geometry.OwnRuns = ownRuns ? 1u : 0u;
        geometry.SpareRuns = spareRuns;
        geometry.MayOverride = mayOverride ? 1u : 0u;
        geometry.MayLook = 1;
        geometry.UsageMask = counters is null ? 0 : (uint)counters.CellCount - 1;
        try
        {
            return new OverrideProgram(BpfObject.Load(Programs.Override, geometry, table, counters?.Fd), counters);
        }
        catch (BpfRefusedException)
        {
            // A kernel that is locked down for confidentiality lets no program read its memory: then process.exe and
            // process.cgroup are unknown there, and everything else works. Where that was not the cause, it fails again.
            geometry.MayLook = 0;
            return new OverrideProgram(BpfObject.Load(Programs.Override, geometry, table, counters?.Fd), counters);
        }
    }

    /// <summary>What the program is told of the place it is attached to: see <c>bpf/override.bpf.h</c>.</summary>
    internal static ulong Cookie(ElfTarget target, bool go, bool withKey) =>
        (uint)target.Delta
        | (go ? Go : 0)
        | (withKey ? WithKey : 0)
        | (ulong)(target.Offset % ElfFile.PageBytes) << PlaceShift;

    /// <summary>Whether a link does what one made now would do: the same instructions with the same table, told the same.</summary>
    internal bool IsBehind(string mark, LinkInfo link, ElfTarget target, bool go, bool withKey) =>
        mark == Mark && link.Offset == target.Offset && link.Cookie == Cookie(target, go, withKey);

    /// <summary>Whether a process that would map the file now would have the probe; also true where that cannot be seen.</summary>
    internal static bool IsPlaced(RegularFile file, ElfTarget target)
    {
        using var page = PrivatePage.Map(file.Handle, target.Offset, executable: false);
        return page?.Read(target.Offset) is null or Trap;
    }

    /// <summary>Attaches it, and makes sure that the probe is there: the kernel's word alone proves nothing.</summary>
    /// <exception cref="BpfRefusedException">The kernel refuses, or has not done it.</exception>
    internal UprobeLink Attach(RegularFile file, ElfTarget target, bool go, bool withKey)
    {
        using var page = PrivatePage.Map(file.Handle, target.Offset, executable: false);
        var link = UprobeLink.Attach(_object.Program, file.Path, target.Offset, Cookie(target, go, withKey));
        if (page?.Read(target.Offset) is { } first and not Trap)
        {
            link.Dispose();
            throw new BpfRefusedException(
                $"the kernel took the probe but did not place it (the byte there is {first:x2}); a file system mounted noexec is one cause", 0);
        }

        return link;
    }

    public void Dispose() => _object.Dispose();
}
