using System.Runtime.InteropServices;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;
using Fabric.Tests.Shared;

namespace Fabric.Language.Tests.Differential;

/// <summary>The C evaluator inside of a BPF program, over a table in a BPF array: tests/native/evaluate.bpf.c.</summary>
internal sealed unsafe class BpfEvaluator : IEvaluator
{
    private const string Root = "/run/fabric/bpf";

    private readonly string _folder;
    private readonly WorldTable _table;
    private readonly EvaluatingProgram _program;
    private readonly QuestionMemory* _question = (QuestionMemory*)NativeMemory.AllocZeroed((nuint)sizeof(QuestionMemory));

    internal BpfEvaluator()
    {
        Directory.CreateDirectory(Root);
        if (!Libc.IsOnBpfFs(Root))
            Assert.Equal(0, Libc.mount("bpf", Root, "bpf", 0, "mode=0755"));
        _folder = Directory.CreateDirectory(Path.Combine(Root, $"language-{Environment.ProcessId}-{Guid.NewGuid():N}")).FullName;
        var memory = BpfTableMemory.Create(Path.Combine(_folder, "table"), WorldTable.Owner, WorldTable.Size);
        _table = new WorldTable(memory);
        // The kernel sees paths from the host's root; a namespace of its own hides from this process what those are.
        var sees = AskingProcess.IsInTheHostsCgroupNamespace;
        var (fd, geometry) = memory.ForReaders;
        geometry.MayLook = sees ? 1u : 0u;
        _program = EvaluatingProgram.Load(RepositoryRoot.Built("tests", "native", "out", "evaluate.bpf.o"), geometry, fd);
        Process = AskingProcess.Facts(withPaths: sees);
    }

    /// <summary>Those of the thread that made this, which is to be the one that asks.</summary>
    public ProcessFacts Process { get; }

    public void Load(World world) => _table.Load(world);

    public Answer[] Ask(IReadOnlyList<Question> questions) => [.. questions.Select(Ask)];

    public void Dispose()
    {
        _program.Dispose();
        _table.Dispose();
        NativeMemory.Free(_question);
        Directory.Delete(_folder, recursive: true);
    }

    private Answer Ask(Question question)
    {
        _question->Put(question, _table.Contact);
        var answer = _program.Run(_question);
        return _table.Read(question.Flag, answer.Reason, answer.Variant);
    }
}

/// <summary>The process that runs the tests, as it knows itself.</summary>
internal static class AskingProcess
{
    private const string HostsCgroupNamespace = "cgroup:[4026531835]";

    internal static bool IsInTheHostsCgroupNamespace => File.ResolveLinkTarget("/proc/self/ns/cgroup", false)?.Name == HostsCgroupNamespace;

    internal static ProcessFacts Facts(bool withPaths) => new(
        withPaths ? Environment.ProcessPath : null,
        long.Parse(File.ReadLines("/proc/self/status").Single(static line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1], System.Globalization.CultureInfo.InvariantCulture),
        File.ReadAllText("/proc/thread-self/comm").TrimEnd('\n'),
        withPaths ? File.ReadLines("/proc/self/cgroup").Single(static line => line.StartsWith("0::", StringComparison.Ordinal))["0::".Length..] : null);
}

/// <summary>The program that evaluates one question.</summary>
internal sealed unsafe class EvaluatingProgram : IDisposable
{
    private readonly nint _object;
    private readonly int _program;

    private EvaluatingProgram(nint obj, int program) => (_object, _program) = (obj, program);

    internal static EvaluatingProgram Load(string path, Geometry geometry, int table)
    {
        var image = File.ReadAllBytes(path);
        nint obj;
        fixed (byte* bytes = image)
            obj = Libbpf.bpf_object__open_mem(bytes, (nuint)image.Length, null);
        Assert.NotEqual(0, obj);
        var program = Libbpf.bpf_object__find_program_by_name(obj, "evaluate");
        for (var other = Libbpf.bpf_object__next_program(obj, 0); other != 0; other = Libbpf.bpf_object__next_program(obj, other))
            Assert.Equal(0, Libbpf.bpf_program__set_autoload(other, other == program));
        var map = Libbpf.bpf_object__find_map_by_name(obj, "table");
        Assert.Equal(0, Libbpf.bpf_map__set_value_size(map, (uint)geometry.TableBytes));
        Assert.Equal(0, Libbpf.bpf_map__reuse_fd(map, table));
        nuint size;
        *(Geometry*)Libbpf.bpf_map__initial_value(Libbpf.bpf_object__find_map_by_name(obj, ".rodata.geometry"), &size) = geometry;
        Assert.Equal(0, Libbpf.bpf_object__load(obj));
        return new EvaluatingProgram(obj, Libbpf.bpf_program__fd(program));
    }

    internal NodeEvaluator.Answer Run(QuestionMemory* question)
    {
        var evaluation = new Evaluation { Question = (ulong)question };
        var options = new Libbpf.TestRunOptions { Size = (nuint)sizeof(Libbpf.TestRunOptions), ContextIn = &evaluation, ContextSizeIn = (uint)sizeof(Evaluation) };
        Assert.Equal(0, Libbpf.bpf_prog_test_run_opts(_program, &options));
        Assert.Equal((0u, 1ul), (options.ReturnValue, evaluation.Stands));
        return evaluation.Answer;
    }

    public void Dispose() => Libbpf.bpf_object__close(_object);

    /// <summary>struct evaluation.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    private struct Evaluation
    {
        public ulong Question;
        public ulong Stands;
        public NodeEvaluator.Answer Answer;
    }
}
