using System.Collections.Immutable;

namespace Fabric.Flags.Definitions;

/// <summary>Whether a flag is in service. A disabled flag answers nothing: every program runs its own default.</summary>
public enum FlagState : byte
{
    Enabled = 1,
    Disabled = 2,
}

/// <summary>The JSON type that all variants of a flag share.</summary>
public enum FlagType : byte
{
    Boolean = 1,
    String = 2,
    Number = 3,
    Object = 4,
}

/// <summary>One answer that a flag can give.</summary>
/// <param name="Name">Its name, unique in the flag.</param>
/// <param name="Json">Its value, as JSON text.</param>
public sealed record Variant(string Name, string Json);

/// <summary>A flag's definition in flagd's format: parsed, validated, immutable.</summary>
/// <param name="Json">The definition as stored and given back: what was sent, without white space.</param>
/// <param name="State">In service or not.</param>
/// <param name="Type">The type of its variants' values.</param>
/// <param name="Variants">Its variants, in the order they were written.</param>
/// <param name="DefaultVariant">Index of the variant given where targeting decides nothing; null leaves the program its own default.</param>
/// <param name="Rollout">How callers are divided over variants; null when every caller gets the default variant.</param>
public sealed record FlagDefinition(
    ReadOnlyMemory<byte> Json,
    FlagState State,
    FlagType Type,
    ImmutableArray<Variant> Variants,
    int? DefaultVariant,
    Rollout? Rollout)
{
    /// <summary>Why it is evaluated over HTTP only, with the place; null where every door evaluates it.</summary>
    public string? HttpOnlyBecause { get; init; }

    /// <summary>Where this definition can be evaluated; the value of <c>evaluableIn</c> in the API.</summary>
    public IReadOnlyList<string> EvaluableIn => HttpOnlyBecause is null ? ["kernel", "process", "http"] : ["http"];
}
