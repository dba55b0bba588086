using Fabric.Node.Ofrep;

namespace Fabric.Node.Api.Explain;

/// <summary>Who asks.</summary>
/// <param name="Context">An object with <c>targetingKey</c> and whatever else rules ask for.</param>
internal sealed record ExplainRequestBody(AnyJson? Context);

/// <summary>What a flag answers a caller on this host, and how that comes about.</summary>
internal sealed record ExplanationBody
{
    public required string Key { get; init; }
    public required long Revision { get; init; }

    /// <summary>Left out where the program runs its own default, and so is the value.</summary>
    public string? Variant { get; init; }

    public AnyJson? Value { get; init; }

    /// <summary>STATIC, TARGETING_MATCH, SPLIT, DEFAULT, DISABLED, STALE or ERROR.</summary>
    public required string Reason { get; init; }

    public required IReadOnlyList<string> EvaluableIn { get; init; }

    /// <summary>Why it is evaluated over HTTP only; there are no steps then.</summary>
    public string? EvaluableInReason { get; init; }

    /// <summary>JSON pointer to the part of the definition that decided.</summary>
    public required string Rule { get; init; }

    /// <summary>What was asked, in turn; empty for a rule that is nothing but shares, and where targeting was not asked.</summary>
    public required IReadOnlyList<ExplainedStep> Steps { get; init; }

    /// <summary>Where the caller falls among shares.</summary>
    public ExplainedBucket? Bucket { get; init; }

    /// <summary>The facts that were looked at, by name; the beginning of long texts, and the length of lists.</summary>
    public required IReadOnlyDictionary<string, AnyJson> Facts { get; init; }

    /// <summary>There were more steps or facts than are shown.</summary>
    public bool? IsCut { get; init; }
}

/// <summary>One thing that was asked.</summary>
/// <param name="At">JSON pointer to where the definition asks it. What a definition asks twice is one step, at one of the two.</param>
/// <param name="Asked">It, as a person reads it.</param>
/// <param name="Found">yes, no, null, a variant's name, done or failure.</param>
internal sealed record ExplainedStep(string At, string Asked, string Found);

/// <summary>Where a caller falls.</summary>
/// <param name="Hash">murmur3 of what was hashed.</param>
/// <param name="Point">The hash projected on the total.</param>
/// <param name="Total">The sum of the weights; 2^32 for a ramp.</param>
internal sealed record ExplainedBucket(uint Hash, uint Point, long Total);
