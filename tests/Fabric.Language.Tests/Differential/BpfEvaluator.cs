using System.Runtime.InteropServices;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;

namespace Fabric.Language.Tests.Differential;

/// <summary>The C evaluator inside of a BPF program, over a table in a BPF array: tests/native/evaluate.bpf.c.</summary>
internal sealed unsafe class BpfEvaluator : IEvaluator
{
    private const string Root = "/run/fabric/bpf";

    private readonly string _folder;
    private readonly WorldTable _table;
    private readonly KernelObject _programs;
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
        _programs = new KernelObject(fd, geometry);
        Process = AskingProcess.Facts(withPaths: sees);
    }

    /// <summary>Those of the thread that made this, which is to be the one that asks.</summary>
    public ProcessFacts Process { get; }

    public void Load(World world) => _table.Load(world);

    public Answer[] Ask(IReadOnlyList<Question> questions) => [.. questions.Select(Ask)];

    public void Dispose()
    {
        _programs.Dispose();
        _table.Dispose();
        NativeMemory.Free(_question);
        Directory.Delete(_folder, recursive: true);
    }

    private Answer Ask(Question question)
    {
        _question->Put(question, _table.Contact);
        var evaluation = new Evaluation { Question = (ulong)_question };
        KernelObject.Run(_programs.Program("evaluate"), &evaluation);
        Assert.Equal(1ul, evaluation.Stands);
        var answer = evaluation.Answer;
        return _table.Read(question.Flag, answer.Reason, answer.Variant);
    }

    /// <summary>struct evaluation.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    private struct Evaluation
    {
        public ulong Question;
        public ulong Stands;
        public NodeEvaluator.Answer Answer;
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
