using System.Runtime.InteropServices;
using System.Text;
using Fabric.Bpf.Evaluation;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table;
using Fabric.Flags;
using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Differential;

/// <summary>The evaluator in the kernel, as the override program has it, but asked from memory.</summary>
internal sealed unsafe class InKernel : IDoor, IDisposable
{
    private const int NameBytes = 64;
    private const int KeyBytes = 256;
    private const int AttributeCount = 64;
    private const int TextBytes = 65536;

    private readonly TestTable _table;
    private readonly KernelObject _object;
    private readonly int _program;
    private readonly Question* _question = (Question*)NativeMemory.AllocZeroed((nuint)sizeof(Question));

    internal InKernel(TestTable table)
    {
        _table = table;
        _object = new KernelObject((BpfTableMemory)table.Table.Memory);
        _program = _object.Program("evaluate");
    }

    internal KernelObject Programs => _object;

    public (Reason Reason, int? Variant) Ask(string key, Caller caller)
    {
        _question->UnixNanoseconds = (ulong)caller.UnixNanoseconds;
        _question->BootNanoseconds = _table.BootAfter(caller.SilenceNanoseconds);
        _question->NameLength = PutPadded(key, new Span<byte>(_question->Name, NameBytes));
        _question->KeyLength = caller.TargetingKey is { } who ? PutPadded(who, new Span<byte>(_question->Key, KeyBytes)) : -1;
        Put(Attributes.Of(caller.Attributes).AsSpan());
        var evaluation = new Evaluation { Question = (ulong)_question };
        KernelObject.Run(_program, &evaluation);
        Assert.Equal(1UL, evaluation.Stands);
        return ((Reason)evaluation.Answer.Reason, evaluation.Answer.Variant == Layout.NoVariant ? null : evaluation.Answer.Variant);
    }

    public void Dispose()
    {
        _object.Dispose();
        NativeMemory.Free(_question);
    }

    private void Put(ReadOnlySpan<CallerFact> facts)
    {
        Assert.InRange(facts.Length, 0, AttributeCount);
        var at = 0;
        for (var i = 0; i < facts.Length; i++)
        {
            var attribute = new Attribute { NameHash = facts[i].Name is { } name ? TextHash.Of(Encoding.UTF8.GetBytes(name)) : 0, Type = (uint)facts[i].Type };
            switch (facts[i].Type)
            {
                case FactType.Boolean or FactType.Integer:
                    attribute.Bits = (ulong)facts[i].Integer;
                    break;
                case FactType.Double:
                    attribute.Bits = BitConverter.DoubleToUInt64Bits(facts[i].Number);
                    break;
                case FactType.List:
                    attribute.Length = (uint)facts[i].Integer;
                    break;
                case FactType.String:
                    attribute.Bits = (ulong)at;
                    attribute.Length = (uint)Encoding.UTF8.GetBytes(facts[i].Text!, new Span<byte>(_question->Text + at, TextBytes - at));
                    at += (int)attribute.Length;
                    break;
            }

            ((Attribute*)_question->Attributes)[i] = attribute;
        }

        _question->AttributeCount = (uint)facts.Length;
        _question->TextLength = (uint)at;
    }

    /// <summary>Returns the text's length, also where there was room for its beginning only.</summary>
    private static int PutPadded(string text, Span<byte> to)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        to.Clear();
        bytes.AsSpan(0, Math.Min(bytes.Length, to.Length)).CopyTo(to);
        return bytes.Length;
    }

    /// <summary>struct evaluation.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Evaluation
    {
        public ulong Question;
        public ulong Stands;
        public NodeEvaluator.Answer Answer;
    }

    /// <summary>struct question_attribute.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attribute
    {
        public ulong NameHash;
        public uint Type;
        public uint Length;
        public ulong Bits;
    }

    /// <summary>struct question.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Question
    {
        public fixed byte Name[NameBytes];
        public ulong UnixNanoseconds;
        public ulong BootNanoseconds;
        public int NameLength;
        public uint AttributeCount;
        public int KeyLength;
        public uint TextLength;
        public fixed byte Key[KeyBytes];
        public fixed ulong Attributes[InKernel.AttributeCount * 3];
        public fixed byte Text[TextBytes + 8];
    }
}
