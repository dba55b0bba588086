using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Fabric.Bpf.Evaluation;
using Fabric.Flags;

namespace Fabric.Language.Tests.Differential;

/// <summary>struct question of tests/native/evaluate.bpf.c.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct QuestionMemory
{
    internal const int MaxAttributes = 128;
    internal const int MaxText = 65_536;
    private const int NameBytes = 64;
    private const int KeyBytes = 256;

    private fixed byte _name[NameBytes];
    private ulong _unixNanoseconds;
    private ulong _bootNanoseconds;
    private uint _nameBytes;
    private uint _attributeCount;
    private int _keyBytes;
    private uint _textBytes;
    private fixed byte _key[KeyBytes];
    private AttributeMemory _attributes;
    private fixed byte _otherAttributes[(MaxAttributes - 1) * AttributeMemory.Bytes];
    private fixed byte _text[MaxText + 8];

    /// <param name="question">What is asked.</param>
    /// <param name="contact">When the host had its last contact, by its clock since boot.</param>
    internal void Put(Question question, ulong contact)
    {
        fixed (QuestionMemory* self = &this)
        {
            new Span<byte>(self, sizeof(QuestionMemory)).Clear();
            self->_unixNanoseconds = question.Moment.UnixNanoseconds;
            self->_bootNanoseconds = contact + question.Moment.SilenceNanoseconds;
            self->_nameBytes = (uint)Encoding.UTF8.GetBytes(question.Flag, new Span<byte>(self->_name, NameBytes));
            self->PutKey(question.TargetingKey);
            self->PutAttributes(CallerFacts.Of(question.Attributes));
        }
    }

    private void PutKey(string? key)
    {
        _keyBytes = -1;
        if (key is null || Encoding.UTF8.GetByteCount(key) >= KeyBytes)
            return;
        fixed (byte* to = _key)
            _keyBytes = Encoding.UTF8.GetBytes(key, new Span<byte>(to, KeyBytes));
    }

    private void PutAttributes(ImmutableArray<CallerFact> facts)
    {
        Assert.True(facts.Length <= MaxAttributes, $"{facts.Length} attributes are more than the program has room for");
        _attributeCount = (uint)facts.Length;
        fixed (AttributeMemory* attributes = &_attributes)
        {
            for (var i = 0; i < facts.Length; i++)
                attributes[i] = AttributeOf(facts[i]);
        }
    }

    private AttributeMemory AttributeOf(CallerFact fact)
    {
        var attribute = new AttributeMemory { Type = (uint)fact.Type, NameHash = fact.Name is { } name ? TextHash.Of(Encoding.UTF8.GetBytes(name)) : 0 };
        switch (fact.Type)
        {
            case FactType.String:
                attribute.Place = _textBytes;
                fixed (byte* to = _text)
                    attribute.Length = (uint)Encoding.UTF8.GetBytes(fact.Text!, new Span<byte>(to + _textBytes, MaxText - (int)_textBytes));
                _textBytes += attribute.Length;
                break;
            case FactType.List:
                attribute.Length = (uint)fact.Integer;
                break;
            case FactType.Double:
                attribute.Place = BitConverter.DoubleToUInt64Bits(fact.Number);
                break;
            default:
                attribute.Place = (ulong)fact.Integer;
                break;
        }

        return attribute;
    }

    /// <summary>struct question_attribute.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct AttributeMemory
    {
        internal const int Bytes = 24;

        internal ulong NameHash;
        internal uint Type;
        internal uint Length;
        internal ulong Place;
    }
}
