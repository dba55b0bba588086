using Fabric.Bpf.Elf;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;
using Fabric.Bpf.Usage;

namespace Fabric.Bpf.Attach;

/// <summary>The program that answers in a function's place, loaded for one table.</summary>
internal sealed class OverrideProgram : IDisposable
{
    private const byte Trap = 0xcc;
    private const ulong Go = 1UL << 32;
    private const ulong WithKey = 1UL << 33;
    private const int PlaceShift = 34;

    private readonly BpfObject _object;

    private OverrideProgram(BpfObject obj) => _object = obj;

    /// <summary>Descriptor of the table that it reads.</summary>
    internal int Table => _object.Table;

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
    /// <param name="mayOverride">False decides and leaves the registers alone, which every kernel allows.</param>
    /// <param name="counters">Where calls are counted; null counts nothing.</param>
    /// <exception cref="BpfRefusedException">The kernel refuses the program.</exception>
    internal static OverrideProgram Load(Geometry geometry, int? table, bool mayOverride, KernelCounters? counters = null)
    {
        geometry.MayOverride = mayOverride ? 1u : 0u;
        geometry.MayLook = 1;
        geometry.UsageMask = counters is null ? 0 : (uint)counters.CellCount - 1;
        try
        {
            return new OverrideProgram(BpfObject.Load(Programs.Override, geometry, table, counters?.Fd));
        }
        catch (BpfRefusedException)
        {
            // A kernel that is locked down for confidentiality lets no program read its memory: then process.exe and
            // process.cgroup are unknown there, and everything else works. Where that was not the cause, it fails again.
            geometry.MayLook = 0;
            return new OverrideProgram(BpfObject.Load(Programs.Override, geometry, table, counters?.Fd));
        }
    }

    /// <summary>What the program is told of the place it is attached to: see <c>bpf/override.bpf.h</c>.</summary>
    internal static ulong Cookie(ElfTarget target, bool go, bool withKey) =>
        (uint)target.Delta
        | (go ? Go : 0)
        | (withKey ? WithKey : 0)
        | (ulong)(target.Offset % ElfFile.PageBytes) << PlaceShift;

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
