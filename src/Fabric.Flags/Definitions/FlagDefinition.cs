using System.Collections.Immutable;
using System.Text.Json;
using Fabric.Flags.Targeting;

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
/// <param name="Json">Its value, as JSON text without white space.</param>
public sealed record Variant(string Name, string Json)
{
    /// <summary>The value of a string variant.</summary>
    public string Text()
    {
        if (!Json.Contains('\\'))
            return Json[1..^1];
        using var document = JsonDocument.Parse(Json);
        return document.RootElement.GetString()!;
    }
}

/// <summary>A flag's definition in flagd's format: parsed, validated, immutable.</summary>
/// <param name="Json">The definition as stored and given back: what was sent, without white space.</param>
/// <param name="State">In service or not.</param>
/// <param name="Type">The type of its variants' values.</param>
/// <param name="Variants">Its variants, in the order they were written.</param>
/// <param name="DefaultVariant">Index of the variant given where targeting decides nothing; null leaves the program its own default.</param>
/// <param name="Rollout">The rule where it is nothing but a <c>fractional</c> of the caller's key; null for any other rule, and for none.</param>
public sealed record FlagDefinition(
    ReadOnlyMemory<byte> Json,
    FlagState State,
    FlagType Type,
    ImmutableArray<Variant> Variants,
    int? DefaultVariant,
    Rollout? Rollout)
{
    /// <summary>The rule that chooses a variant; null for none.</summary>
    public Expression? Targeting { get; init; }

    /// <summary>Stands for the flag's key where that is hashed; null for the key itself.</summary>
    public string? Salt { get; init; }

    /// <summary>Until then <see cref="OffVariant"/> answers; null for at once.</summary>
    public DateTimeOffset? ActivateAt { get; init; }

    /// <summary>Index of the answer before <see cref="ActivateAt"/> and without <see cref="Prerequisites"/>; null leaves the program its own default.</summary>
    public int? OffVariant { get; init; }

    /// <summary>Other flags' answers that must hold for the same caller.</summary>
    public ImmutableArray<Prerequisite> Prerequisites { get; init; } = [];

    /// <summary>A share of the callers that changes evenly with time; null for none.</summary>
    public Ramp? Ramp { get; init; }

    /// <summary>What answers on a host that has lost the fabric; null for the same as ever.</summary>
    public Staleness? Staleness { get; init; }

    /// <summary>
    /// Build-ids of which one must be that of a file that the host has attached to; empty for any host. Where none is, the
    /// program runs its own default.
    /// </summary>
    public ImmutableArray<string> RequiresBuild { get; init; } = [];

    /// <summary>Why it is evaluated over HTTP only, with the place; null where every door evaluates it.</summary>
    public string? HttpOnlyBecause { get; init; }

    /// <summary>Where this definition can be evaluated; the value of <c>evaluableIn</c> in the API.</summary>
    public IReadOnlyList<string> EvaluableIn => HttpOnlyBecause is null ? ["kernel", "process", "http"] : ["http"];
}
