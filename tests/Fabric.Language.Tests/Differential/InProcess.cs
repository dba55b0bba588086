using Fabric.Bpf.Evaluation;
using Fabric.Bpf.Table;
using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Differential;

/// <summary>The evaluator as the node and the library have it.</summary>
internal sealed unsafe class InProcess(TestTable table) : IDoor
{
    public (Reason Reason, int? Variant) Ask(string key, Caller caller)
    {
        var clock = new TableQuestion.Clock((ulong)caller.UnixNanoseconds, table.BootAfter(caller.SilenceNanoseconds));
        var context = new EvaluationContext(caller.TargetingKey, Attributes.Of(caller.Attributes));
        var answer = TableQuestion.Ask(table.Table.Memory.Bytes, key, context, clock);
        return ((Reason)answer.Reason, answer.Variant == Layout.NoVariant ? null : answer.Variant);
    }
}
