using System.Runtime.InteropServices;
using System.Text;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;
using Fabric.Tests.Shared;

namespace Fabric.Language.Tests.Differential;

/// <summary>tests/native/evaluate.bpf.c, loaded with a table: the evaluator in programs that can be run by themselves.</summary>
internal sealed unsafe class KernelObject : IDisposable
{
    private const int LogBytes = 16 << 20;

    private readonly nint _object;

    internal KernelObject(BpfTableMemory table)
        : this(table.ForReaders.Fd, table.ForReaders.Geometry)
    {
    }

    /// <param name="table">The table's descriptor.</param>
    /// <param name="geometry">Its measures, and what the programs may do.</param>
    internal KernelObject(int table, Geometry geometry)
    {
        var image = File.ReadAllBytes(RepositoryRoot.Built("tests", "native", "out", "evaluate.bpf.o"));
        fixed (byte* first = image)
            _object = Libbpf.bpf_object__open_mem(first, (nuint)image.Length, null);
        Assert.NotEqual(0, _object);
        var map = Libbpf.bpf_object__find_map_by_name(_object, "table");
        Check(Libbpf.bpf_map__set_value_size(map, (uint)geometry.TableBytes), "size the table");
        Check(Libbpf.bpf_map__reuse_fd(map, table), "use the table");
        nuint size;
        var constants = (Geometry*)Libbpf.bpf_map__initial_value(Libbpf.bpf_object__find_map_by_name(_object, ".rodata.geometry"), &size);
        Assert.Equal((nuint)sizeof(Geometry), size);
        *constants = geometry;
        Load();
    }

    /// <summary>Why programs cannot be loaded here; null where they can.</summary>
    internal static string? WhyNot => Environment.IsPrivilegedProcess ? null : "BPF programs are loaded by root only";

    /// <summary>The program's descriptor; owned by this object.</summary>
    internal int Program(string name) => Libbpf.bpf_program__fd(Libbpf.bpf_object__find_program_by_name(_object, name));

    /// <summary>Runs a program once over a context that it may write.</summary>
    internal static void Run<T>(int program, T* context)
        where T : unmanaged
    {
        var options = new Libbpf.TestRunOptions { Size = (nuint)sizeof(Libbpf.TestRunOptions), ContextIn = context, ContextSizeIn = (uint)sizeof(T) };
        Check(Libbpf.bpf_prog_test_run_opts(program, &options), "run a program");
        Assert.Equal(0u, options.ReturnValue);
    }

    public void Dispose() => Libbpf.bpf_object__close(_object);

    private void Load()
    {
        var log = (byte*)NativeMemory.AllocZeroed(LogBytes);
        for (var program = Libbpf.bpf_object__next_program(_object, 0); program != 0; program = Libbpf.bpf_object__next_program(_object, program))
            _ = Libbpf.bpf_program__set_log_buf(program, log, LogBytes);
        var error = Libbpf.bpf_object__load(_object);
        var said = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(log));
        NativeMemory.Free(log);
        Check(error, $"load the programs ({said[^Math.Min(said.Length, 500)..]})");
    }

    private static void Check(int result, string what) => Assert.True(result >= 0, $"cannot {what}: {Marshal.GetPInvokeErrorMessage(-result)}");
}
