using System.Collections.Immutable;

namespace Fabric.Bpf.Evaluation;

/// <summary>How an answer came about.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Steps">The steps of the flag's program that were carried out, in turn; empty where it has none or it was not asked.</param>
/// <param name="Facts">The facts that were looked at, as they were.</param>
/// <param name="Bucket">The hash that a rollout or a ramp used; null where none was computed.</param>
/// <param name="IsCut">There were more steps or facts than an explanation holds.</param>
public sealed record Explanation(
    FlagAnswer Answer, ImmutableArray<TracedStep> Steps, ImmutableArray<TracedFact> Facts, TracedBucket? Bucket, bool IsCut);

/// <summary>One step of a program.</summary>
/// <param name="Number">Which step.</param>
/// <param name="Next">The step that followed; negative where the program ended.</param>
public readonly record struct TracedStep(int Number, int Next);

/// <summary>A fact as a program saw it.</summary>
/// <param name="Index">Which of the program's facts.</param>
/// <param name="Type">What kind of value it had.</param>
/// <param name="Integer">The value of an integer or a boolean; the elements of a list.</param>
/// <param name="Number">The value of a double.</param>
/// <param name="Text">The beginning of a string.</param>
public readonly record struct TracedFact(int Index, FactType Type, long Integer, double Number, string? Text);

/// <summary>Where a caller falls.</summary>
/// <param name="Hash">murmur3 of what was hashed.</param>
/// <param name="Point">The hash projected on <paramref name="Total"/>.</param>
/// <param name="Total">The sum of the weights; 0 for a ramp, whose share is a part of 2^32.</param>
public readonly record struct TracedBucket(uint Hash, uint Point, uint Total);
