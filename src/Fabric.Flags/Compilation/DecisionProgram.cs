using System.Collections.Immutable;
using Fabric.Flags.Targeting;

namespace Fabric.Flags.Compilation;

/// <summary>enum flag_op of <c>bpf/flag_program.h</c>, which says what each does.</summary>
public enum StepOp : byte
{
    Give = 1,
    Pass = 2,
    Fail = 3,
    Select = 4,
    Truth = 5,
    Absent = 6,
    Compare = 7,
    InSet = 8,
    In = 9,
    StartsWith = 10,
    EndsWith = 11,
    Version = 12,
    Calculate = 13,
    HashBegin = 14,
    HashKey = 15,
    HashString = 16,
    HashText = 17,
    Bucket = 18,
    Weigh = 19,
}

/// <summary>enum flag_fact_source, and what is known before a program runs.</summary>
public enum FactSource : byte
{
    Attribute = 0,
    TargetingKey = 1,
    Timestamp = 2,
    ProcessExe = 3,
    ProcessUid = 4,
    ProcessComm = 5,
    ProcessCgroup = 6,

    /// <summary>A fact of the host or the flag's key, while it is not known which host and which flag it will be.</summary>
    Later = 100,
}

/// <summary>What a rule looks at.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Name">An attribute's name, otherwise empty.</param>
public readonly record struct Fact(FactSource Source, string Name);

/// <summary>What an operand is.</summary>
public enum OperandKind : byte
{
    None = 0,
    Fact = 1,
    Constant = 2,
    Register = 3,
}

/// <summary>A value that a step looks at.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Which of the program's facts or constants, or which register.</param>
public readonly record struct Operand(OperandKind Kind, int Index);

/// <summary>One step of a program: struct flag_step.</summary>
/// <param name="Op">What it does.</param>
/// <param name="How">A <see cref="ComparisonKind"/>, <see cref="VersionComparison"/> or <see cref="Calculation"/>, or what a set holds beside strings and numbers.</param>
/// <param name="Left">What it looks at.</param>
/// <param name="Right">What it looks at beside.</param>
/// <param name="Yes">The next step; 0 where there is none, as for the others.</param>
/// <param name="No">The next step when it finds the opposite.</param>
/// <param name="Neither">The next step when it finds neither.</param>
/// <param name="Extra">The variant, the register, or which of the program's sets, versions or tables; -1 for none.</param>
public readonly record struct ProgramStep(StepOp Op, byte How, Operand Left, Operand Right, int Yes, int No, int Neither, int Extra);

/// <summary>The strings and numbers of a list of constants, each once.</summary>
/// <param name="Members">Strings and numbers.</param>
/// <param name="Others">FLAG_SET_…: which of null (1), false (2) and true (4) stand in the list.</param>
public sealed record ConstantSet(ImmutableArray<Scalar> Members, byte Others);

/// <summary>Shares with weights that are known.</summary>
/// <param name="Ends">Running sums of the weights; the last one is 1 to 2^31-1.</param>
/// <param name="Steps">The step of each share.</param>
public sealed record BucketTable(ImmutableArray<uint> Ends, ImmutableArray<int> Steps);

/// <summary>Shares with weights that are found out.</summary>
public sealed record WeightTable(ImmutableArray<Operand> Weights, ImmutableArray<int> Steps);

/// <summary>
/// A rule as it runs: steps that lead only forward, from the first one on, until one of them ends it.
/// </summary>
/// <param name="Steps">1 to <see cref="Limits.ProgramSteps"/>.</param>
/// <param name="Places">For each step, the JSON pointer of the part of the definition that it comes from.</param>
/// <param name="Facts">What it looks at, at most <see cref="Limits.ProgramFacts"/>.</param>
/// <param name="Constants">At most <see cref="Limits.ProgramConstants"/>.</param>
/// <param name="Sets">What <see cref="StepOp.InSet"/> looks into.</param>
/// <param name="Versions">What <see cref="StepOp.Version"/> compares with.</param>
/// <param name="Buckets">Of <see cref="StepOp.Bucket"/>.</param>
/// <param name="Weights">Of <see cref="StepOp.Weigh"/>.</param>
/// <param name="UsesHost">Facts of the host are folded into it, so that another host's program may differ.</param>
public sealed record DecisionProgram(
    ImmutableArray<ProgramStep> Steps,
    ImmutableArray<string> Places,
    ImmutableArray<Fact> Facts,
    ImmutableArray<Scalar> Constants,
    ImmutableArray<ConstantSet> Sets,
    ImmutableArray<SemanticVersion> Versions,
    ImmutableArray<BucketTable> Buckets,
    ImmutableArray<WeightTable> Weights,
    bool UsesHost);

/// <summary>What became of a rule.</summary>
/// <param name="Program">The program; null where only the HTTP API evaluates the rule.</param>
/// <param name="HttpOnlyBecause">Why there is no program, with the place; null where there is one.</param>
public sealed record Compilation(DecisionProgram? Program, string? HttpOnlyBecause);
