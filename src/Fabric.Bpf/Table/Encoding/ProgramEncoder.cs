using Fabric.Flags.Compilation;
using Fabric.Flags.Targeting;

namespace Fabric.Bpf.Table.Encoding;

/// <summary>Writes a program into its block.</summary>
internal static class ProgramEncoder
{
    private const int KindShift = 14;
    private const int TextLengthBits = 16;

    internal static void Write(BlockWriter writer, ref FlagBlock head, DecisionProgram program)
    {
        head.StepCount = (ushort)program.Steps.Length;
        head.FactCount = (ushort)program.Facts.Length;
        head.ConstantCount = (ushort)program.Constants.Length;
        head.Steps = writer.Reserve<FlagStep>(program.Steps.Length);
        head.Facts = writer.Reserve<FlagFact>(program.Facts.Length);
        head.Constants = writer.Reserve<FlagConstant>(program.Constants.Length);
        for (var i = 0; i < program.Facts.Length; i++)
            writer.Set(head.Facts, i, FactOf(writer, program.Facts[i]));
        for (var i = 0; i < program.Constants.Length; i++)
            writer.Set(head.Constants, i, ConstantOf(writer, program.Constants[i]));

        uint[] sets = [.. program.Sets.Select(set => SetEncoder.Write(writer, set))];
        uint[] versions = [.. program.Versions.Select(version => WriteVersion(writer, version))];
        for (var i = 0; i < program.Steps.Length; i++)
            writer.Set(head.Steps, i, StepOf(writer, program, program.Steps[i], sets, versions));
    }

    private static FlagStep StepOf(BlockWriter writer, DecisionProgram program, in ProgramStep step, uint[] sets, uint[] versions) => new()
    {
        Op = (byte)step.Op,
        How = step.How,
        Left = OperandOf(step.Left),
        Right = OperandOf(step.Right),
        Yes = (ushort)step.Yes,
        No = (ushort)step.No,
        Neither = (ushort)step.Neither,
        Extra = step.Op switch
        {
            StepOp.InSet => sets[step.Extra],
            StepOp.Version => step.Extra < 0 ? 0 : versions[step.Extra],
            StepOp.Compare or StepOp.StartsWith or StepOp.EndsWith => TextWordOf(writer, program, step.Right),
            StepOp.HashBegin => WriteSeed(writer, program.Constants[step.Left.Index].Text!),
            StepOp.Bucket => WriteBuckets(writer, program.Buckets[step.Extra]),
            StepOp.Weigh => WriteWeights(writer, program.Weights[step.Extra]),
            StepOp.Give or StepOp.Calculate => (uint)step.Extra,
            _ => 0,
        },
    };

    private static ushort OperandOf(Operand operand) => operand.Kind == OperandKind.None
        ? (ushort)0
        : (ushort)((int)(operand.Kind - OperandKind.Fact) << KindShift | operand.Index);

    private static FlagFact FactOf(BlockWriter writer, Fact fact)
    {
        var (name, bytes) = fact.Source == FactSource.Attribute ? writer.Text(fact.Name) : default;
        return new FlagFact { Source = (byte)fact.Source, Name = name, NameBytes = (ushort)bytes };
    }

    private static FlagConstant ConstantOf(BlockWriter writer, Scalar value)
    {
        if (value.Type != ScalarType.String)
            return new FlagConstant { Type = (uint)value.Type, Value = (ulong)value.Bits };
        var (place, bytes) = writer.Text(value.Text!);
        return new FlagConstant { Type = (uint)value.Type, Value = place, Bytes = (uint)bytes };
    }

    private static unsafe uint WriteVersion(BlockWriter writer, SemanticVersion version)
    {
        var (text, bytes) = version.Prerelease.Length > 0 ? writer.Text(version.Prerelease) : default;
        var place = writer.Reserve<FlagVersion>(1);
        var entry = new FlagVersion { Prerelease = text, PrereleaseBytes = (uint)bytes };
        (entry.Number[0], entry.Number[1], entry.Number[2]) = (version.Major, version.Minor, version.Patch);
        writer.Set(place, 0, entry);
        return place;
    }

    /// <summary>A constant text's place and length: FLAG_TEXT_… of the C header; 0 for any other operand.</summary>
    private static uint TextWordOf(BlockWriter writer, DecisionProgram program, Operand operand)
    {
        if (operand.Kind != OperandKind.Constant || program.Constants[operand.Index].Text is not { } text)
            return 0;
        var (place, bytes) = writer.Text(text);
        return place / sizeof(ulong) << TextLengthBits | (uint)bytes;
    }

    private static uint WriteSeed(BlockWriter writer, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var (hash, tail) = NameHash.MurmurPrefix(bytes);
        var place = writer.Reserve<FlagSeed>(1);
        writer.Set(place, 0, new FlagSeed { Hash = hash, Tail = tail, Bytes = (uint)bytes.Length });
        return place;
    }

    private static unsafe uint WriteBuckets(BlockWriter writer, BucketTable table)
    {
        var place = writer.ReserveBytes(sizeof(FlagBuckets) + table.Ends.Length * sizeof(FlagBucket));
        writer.Set(place, 0, new FlagBuckets { Count = (uint)table.Ends.Length, Total = table.Ends[^1] });
        for (var i = 0; i < table.Ends.Length; i++)
            writer.Set(place + (uint)sizeof(FlagBuckets), i, new FlagBucket { End = table.Ends[i], Variant = (uint)table.Steps[i] });
        return place;
    }

    private static unsafe uint WriteWeights(BlockWriter writer, WeightTable table)
    {
        var place = writer.ReserveBytes(sizeof(FlagWeights) + table.Weights.Length * sizeof(FlagWeight));
        writer.Set(place, 0, new FlagWeights { Count = (uint)table.Weights.Length });
        for (var i = 0; i < table.Weights.Length; i++)
            writer.Set(place + (uint)sizeof(FlagWeights), i, new FlagWeight { Operand = OperandOf(table.Weights[i]), Step = (ushort)table.Steps[i] });
        return place;
    }
}
