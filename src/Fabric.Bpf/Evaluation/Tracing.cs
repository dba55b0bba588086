using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Evaluation;

/// <summary>Asks a table with a trace, and reads what the evaluator wrote down.</summary>
internal static unsafe class Tracing
{
    internal static Explanation Explain(byte* table, string key, EvaluationContext context, Func<NodeEvaluator.Answer, FlagAnswer> read)
    {
        var trace = (NodeEvaluator.Trace*)NativeMemory.AllocZeroed((nuint)sizeof(NodeEvaluator.Trace));
        try
        {
            var answer = TableQuestion.Ask(table, key, context, clock: null, trace);
            var steps = new ReadOnlySpan<NodeEvaluator.Step>(NodeEvaluator.Trace.Steps(trace), (int)Math.Min(trace->StepCount, NodeEvaluator.Trace.StepCapacity));
            var facts = ImmutableArray.CreateBuilder<TracedFact>((int)trace->FactCount);
            for (var i = 0; i < trace->FactCount; i++)
                facts.Add(FactOf(&NodeEvaluator.Trace.Facts(trace)[i]));
            return new Explanation(
                read(answer),
                [.. steps.ToArray().Select(static step => new TracedStep(step.At, step.Next))],
                facts.MoveToImmutable(),
                trace->Bucketed == 0 ? null : new TracedBucket(trace->Hash, trace->Point, trace->Total),
                trace->StepCount > NodeEvaluator.Trace.StepCapacity || trace->FactCount == NodeEvaluator.Trace.FactCapacity);
        }
        finally
        {
            NativeMemory.Free(trace);
        }
    }

    private static TracedFact FactOf(NodeEvaluator.Fact* fact)
    {
        var type = (FactType)fact->Type;
        return type switch
        {
            FactType.String => new TracedFact((int)fact->Index, type, 0, 0,
                Encoding.UTF8.GetString(fact->Text, (int)Math.Min(fact->Bytes, NodeEvaluator.Fact.TextBytes))),
            FactType.Double => new TracedFact((int)fact->Index, type, 0, BitConverter.UInt64BitsToDouble(fact->Bits), null),
            FactType.List => new TracedFact((int)fact->Index, type, fact->Bytes, 0, null),
            _ => new TracedFact((int)fact->Index, type, (long)fact->Bits, 0, null),
        };
    }
}
