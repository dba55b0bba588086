namespace Fabric.Bpf.Evaluation;

/// <summary>Why an answer is what it is: enum flag_reason, OpenFeature's reasons.</summary>
public enum AnswerReason : byte
{
    /// <summary>No such flag.</summary>
    NotFound = 0,

    /// <summary>The default variant of a flag without targeting.</summary>
    Static = 1,

    /// <summary>Targeting chose it.</summary>
    TargetingMatch = 2,

    /// <summary>Targeting decided nothing, or was not asked.</summary>
    Default = 3,

    /// <summary>Out of service.</summary>
    Disabled = 4,

    /// <summary>Evaluation failed.</summary>
    Error = 5,

    /// <summary>A ramp chose it.</summary>
    Split = 6,

    /// <summary>The host has lost the fabric for too long.</summary>
    Stale = 7,
}

/// <summary>What the table answers.</summary>
/// <param name="Revision">Of the flag: the change set that put it; 0 when it is unknown.</param>
/// <param name="Reason">Why.</param>
/// <param name="Variant">Index of the variant in the order of the definition; null leaves the caller its own default.</param>
public readonly record struct FlagAnswer(long Revision, AnswerReason Reason, int? Variant);
