using Fabric.Bpf.Evaluation;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;

namespace Fabric.Bpf.Tests.Table;

/// <summary>The C evaluator over a table's memory.</summary>
internal static unsafe class Evaluator
{
    internal const int NotFound = 0, Static = 1, TargetingMatch = 2, Default = 3, Disabled = 4;

    internal static NodeEvaluator.Answer Evaluate(FlagTable table, string flag, string? key = null) =>
        TableQuestion.Ask(table.Memory.Bytes, flag, new EvaluationContext(key, []));
}
