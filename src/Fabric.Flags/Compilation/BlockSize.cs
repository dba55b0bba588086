using System.Numerics;
using System.Text;
using Fabric.Flags.Definitions;

namespace Fabric.Flags.Compilation;

/// <summary>How many bytes the table needs for a flag, whichever host and key it will have: see <c>bpf/flag_program.h</c>.</summary>
public static class BlockSize
{
    private const int Head = 104, VariantBytes = 24, StepBytes = 16, FactBytes = 8, ConstantBytes = 16, PrerequisiteBytes = 80;
    private const int SetHead = 8, EntryHead = 8, VersionBytes = 32, SeedBytes = 16, TableHead = 8, BucketBytes = 8, WeightBytes = 4;

    /// <summary>The hash of the definition, for a program that facts of the host are folded into.</summary>
    private const int DefinitionHash = 8;

    /// <summary>No block of the definition has more.</summary>
    public static long AtMost(FlagDefinition definition, DecisionProgram program)
    {
        var later = program.Facts.Count(static fact => fact.Source == FactSource.Later);
        return Head + DefinitionHash
            + definition.Variants.Sum(static variant => (long)VariantBytes + TextBytes(variant.Name) + TextBytes(variant.Json))
            + definition.Prerequisites.Length * PrerequisiteBytes
            + program.Steps.Sum(static step => (long)StepBytes + (step.Op == StepOp.HashBegin ? SeedBytes : 0))
            + program.Facts.Sum(static fact => FactBytes + TextBytes(fact.Name))
            + program.Constants.Sum(static constant => ConstantBytes + TextBytes(constant.Text))
            + later * (ConstantBytes + Padded(HostFacts.LabelBytes + 1))
            + program.Sets.Sum(SetBytes)
            + program.Versions.Sum(static version => VersionBytes + TextBytes(version.Prerelease))
            + program.Buckets.Sum(static table => TableHead + (long)table.Ends.Length * BucketBytes)
            + program.Weights.Sum(static table => Padded(TableHead + table.Weights.Length * WeightBytes));
    }

    /// <summary>Places of a set's hash table: a power of two, at most half of them taken.</summary>
    public static int SlotsOf(ConstantSet set) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, set.Members.Length * 2));

    private static long SetBytes(ConstantSet set) => SetHead + Padded(SlotsOf(set) * sizeof(uint))
        + set.Members.Sum(static member => EntryHead + Math.Max(8, Padded(Encoding.UTF8.GetByteCount(member.Text ?? ""))));

    /// <summary>Of a text with the zero byte behind it.</summary>
    private static long TextBytes(string? text) => text is null ? 0 : Padded(Encoding.UTF8.GetByteCount(text) + 1);

    private static long Padded(int bytes) => (bytes + 7L) & ~7L;
}
