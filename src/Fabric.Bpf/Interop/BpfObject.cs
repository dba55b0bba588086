using System.Runtime.InteropServices;
using System.Text;

namespace Fabric.Bpf.Interop;

/// <summary>The measures that the kernel's programs are loaded with: struct flag_geometry.</summary>
[StructLayout(LayoutKind.Sequential, Size = 48)]
internal struct Geometry
{
    public ulong TableBytes;
    public ulong HeapOffset;
    public ulong HeapBytes;
    public uint SlotMask;
    public uint MayOverride;
    public uint MayLook;
    public uint UsageMask;
    public uint OwnRuns;
    public uint SpareRuns;
}

/// <summary>The kernel refused a program or a map.</summary>
internal sealed class BpfRefusedException(string message, int error) : Exception(message)
{
    /// <summary>errno.</summary>
    internal int Error { get; } = error;
}

/// <summary>The compiled object of <c>bpf/fabric.bpf.c</c>, loaded with one table and one of its programs.</summary>
internal sealed unsafe class BpfObject : IDisposable
{
    /// <summary>BPF_TRACE_UPROBE_MULTI: what a program must expect to be attached by a uprobe.multi link.</summary>
    private const int UprobeMulti = 48;

    /// <summary>Room for all that the verifier says of a program: where it does not suffice, that is the error it gives.</summary>
    private const int LogBytes = 16 << 20;

    private static readonly byte[] Image = ReadImage();

    private nint _object;

    private BpfObject(nint obj, int table, int program)
    {
        _object = obj;
        Table = table;
        Program = program;
    }

    /// <summary>Descriptor of the table; owned by this object.</summary>
    internal int Table { get; }

    /// <summary>Descriptor of the loaded program; owned by this object.</summary>
    internal int Program { get; }

    /// <summary>
    /// Loads <paramref name="program"/> with a new table, or with the one of <paramref name="table"/>, and with the counters of
    /// <paramref name="usage"/>, or none.
    /// </summary>
    internal static BpfObject Load(string program, Geometry geometry, int? table = null, int? usage = null)
    {
        Silence();
        nint obj;
        fixed (byte* image = Image)
            obj = Libbpf.bpf_object__open_mem(image, (nuint)Image.Length, null);
        if (obj == 0)
            throw new BpfRefusedException($"cannot read the embedded BPF object: {Libc.LastError()}", Marshal.GetLastPInvokeError());
        var log = (byte*)NativeMemory.AllocZeroed(LogBytes);
        try
        {
            return Load(obj, program, geometry, table, usage, log);
        }
        catch
        {
            Libbpf.bpf_object__close(obj);
            throw;
        }
        finally
        {
            NativeMemory.Free(log);
        }
    }

    /// <summary>The kernel's digest of a program's instructions, whatever maps they name; 0 where it does not say.</summary>
    internal static ulong Tag(int program)
    {
        Libbpf.ProgramInfo info;
        var length = (uint)sizeof(Libbpf.ProgramInfo);
        return Libbpf.bpf_obj_get_info_by_fd(program, &info, &length) < 0 ? 0 : info.Tag;
    }

    /// <summary>The kernel's number for a map.</summary>
    internal static uint MapId(int map)
    {
        Libbpf.MapInfo info;
        var length = (uint)sizeof(Libbpf.MapInfo);
        return Libbpf.bpf_obj_get_info_by_fd(map, &info, &length) < 0 ? 0 : info.Id;
    }

    public void Dispose()
    {
        if (_object != 0)
            Libbpf.bpf_object__close(_object);
        _object = 0;
    }

    private static BpfObject Load(nint obj, string wanted, Geometry geometry, int? table, int? usage, byte* log)
    {
        var program = Libbpf.bpf_object__find_program_by_name(obj, wanted);
        for (var other = Libbpf.bpf_object__next_program(obj, 0); other != 0; other = Libbpf.bpf_object__next_program(obj, other))
            Check(Libbpf.bpf_program__set_autoload(other, other == program), "cannot choose a program");
        if (wanted != Programs.Writer)
            Check(Libbpf.bpf_program__set_expected_attach_type(program, UprobeMulti), "cannot prepare a uprobe program");
        else
            LeaveOut(obj, "runs", "spare_runs", "usage");
        // Used where the program was refused: libbpf then asks again, for the reason.
        _ = Libbpf.bpf_program__set_log_buf(program, log, LogBytes);

        var map = Libbpf.bpf_object__find_map_by_name(obj, "table");
        Check(Libbpf.bpf_map__set_value_size(map, (uint)geometry.TableBytes), "cannot size the table");
        if (table is { } fd)
            Check(Libbpf.bpf_map__reuse_fd(map, fd), "cannot use the table that is there");
        if (usage is { } counters)
            Check(Libbpf.bpf_map__reuse_fd(Libbpf.bpf_object__find_map_by_name(obj, "usage"), counters), "cannot use the counters that are there");
        *(Geometry*)Constants(obj) = geometry;

        var error = Libbpf.bpf_object__load(obj);
        if (error < 0)
            throw new BpfRefusedException($"the kernel refuses {wanted}: {LastWords(log, -error)}", -error);
        return new BpfObject(obj, Libbpf.bpf_map__fd(map), Libbpf.bpf_program__fd(program));
    }

    private static void LeaveOut(nint obj, params ReadOnlySpan<string> maps)
    {
        foreach (var map in maps)
            Check(Libbpf.bpf_map__set_autocreate(Libbpf.bpf_object__find_map_by_name(obj, map), false), "cannot leave out a map");
    }

    private static void* Constants(nint obj)
    {
        nuint size;
        var constants = Libbpf.bpf_map__initial_value(Libbpf.bpf_object__find_map_by_name(obj, ".rodata.geometry"), &size);
        if (constants == null || size != (nuint)sizeof(Geometry))
            throw new BpfRefusedException("the embedded BPF object has other constants than this program sets", 0);
        return constants;
    }

    /// <summary>The verifier's last line that says something, or the error in the system's words.</summary>
    private static string LastWords(byte* log, int error)
    {
        var lines = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(log))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var last = lines.LastOrDefault(static line => !line.StartsWith("processed ", StringComparison.Ordinal));
        var words = Marshal.GetPInvokeErrorMessage(error);
        return last is null ? words : $"{words} ({last})";
    }

    private static void Check(int result, string what)
    {
        if (result < 0)
            throw new BpfRefusedException($"{what}: {Marshal.GetPInvokeErrorMessage(-result)}", -result);
    }

    /// <summary>libbpf writes to the standard error by itself; what it has to say is in the exceptions.</summary>
    private static void Silence() => _ = Libbpf.libbpf_set_print(null);

    private static byte[] ReadImage()
    {
        using var stream = typeof(BpfObject).Assembly.GetManifestResourceStream("fabric.bpf.o")!;
        var image = new byte[stream.Length];
        stream.ReadExactly(image);
        return image;
    }
}

/// <summary>Names of the programs in <c>bpf/fabric.bpf.c</c>.</summary>
internal static class Programs
{
    internal const string Writer = "write_table";
    internal const string Override = "override_flag";
    internal const string Registers = "write_registers";
    internal const string Empty = "empty_probe";
}
