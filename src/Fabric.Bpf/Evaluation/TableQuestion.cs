using System.Buffers;
using System.Text;
using Fabric.Bpf.Interop;

namespace Fabric.Bpf.Evaluation;

/// <summary>Puts a question to a table's bytes as C wants it.</summary>
internal static unsafe class TableQuestion
{
    /// <summary>A clock that stands; null is the host's.</summary>
    internal readonly record struct Clock(ulong UnixNanoseconds, ulong BootNanoseconds);

    internal static NodeEvaluator.Answer Ask(byte* table, string key, EvaluationContext context, Clock? clock = null, NodeEvaluator.Trace* trace = null)
    {
        var facts = context.Attributes.IsDefault ? [] : context.Attributes.AsSpan();
        var texts = ArrayPool<byte>.Shared.Rent(RoomFor(key, context, facts));
        var attributes = ArrayPool<NodeEvaluator.Attribute>.Shared.Rent(Math.Max(1, facts.Length));
        try
        {
            fixed (byte* room = texts)
            fixed (NodeEvaluator.Attribute* first = attributes)
            {
                var next = room;
                var question = new NodeEvaluator.Question
                {
                    Table = table,
                    Flag = Put(key, ref next, out _),
                    TargetingKey = context.TargetingKey is { } who ? Put(who, ref next, out _) : null,
                    Attributes = first,
                    Count = (nuint)facts.Length,
                    UnixNanoseconds = clock?.UnixNanoseconds ?? 0,
                    BootNanoseconds = clock?.BootNanoseconds ?? 0,
                    Trace = trace,
                };
                for (var i = 0; i < facts.Length; i++)
                    first[i] = AttributeOf(facts[i], ref next);
                NodeEvaluator.Answer answer;
                NodeEvaluator.Ask(&question, &answer);
                return answer;
            }
        }
        finally
        {
            ArrayPool<NodeEvaluator.Attribute>.Shared.Return(attributes);
            ArrayPool<byte>.Shared.Return(texts);
        }
    }

    private static NodeEvaluator.Attribute AttributeOf(in CallerFact fact, ref byte* next)
    {
        var attribute = new NodeEvaluator.Attribute
        {
            Name = fact.Name is { } name ? Put(name, ref next, out _) : null,
            Type = (uint)fact.Type,
        };
        switch (fact.Type)
        {
            case FactType.Boolean:
                attribute.Value = fact.Integer == 0 ? 0UL : 1UL;
                break;
            case FactType.Integer:
                attribute.Value = (ulong)fact.Integer;
                break;
            case FactType.Double:
                attribute.Value = BitConverter.DoubleToUInt64Bits(fact.Number);
                break;
            case FactType.String:
                attribute.Value = (ulong)Put(fact.Text ?? "", ref next, out attribute.Length);
                break;
            case FactType.List:
                attribute.Length = checked((uint)fact.Integer);
                break;
        }

        return attribute;
    }

    private static int RoomFor(string key, EvaluationContext context, ReadOnlySpan<CallerFact> facts)
    {
        var room = Room(key) + Room(context.TargetingKey);
        foreach (var fact in facts)
            room += Room(fact.Name) + Room(fact.Text);
        return room;
    }

    private static int Room(string? text) => text is null ? 1 : Encoding.UTF8.GetMaxByteCount(text.Length) + 1;

    private static byte* Put(string text, ref byte* next, out uint length)
    {
        var start = next;
        length = (uint)Encoding.UTF8.GetBytes(text, new Span<byte>(start, Encoding.UTF8.GetMaxByteCount(text.Length)));
        start[length] = 0;
        next = start + length + 1;
        return start;
    }
}
