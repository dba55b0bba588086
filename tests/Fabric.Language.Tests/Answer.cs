namespace Fabric.Language.Tests;

/// <summary>Why an answer is what it is, by the names of docs/flag-language.md; the numbers are those of enum flag_reason.</summary>
internal enum Reason
{
    NotFound = 0,
    Static = 1,
    TargetingMatch = 2,
    Default = 3,
    Disabled = 4,
    Error = 5,
    Split = 6,
    Stale = 7,
}

/// <summary>What a flag answers a caller.</summary>
/// <param name="Variant">The variant's name; null leaves the program its own default.</param>
/// <param name="Reason">Why.</param>
internal readonly record struct Answer(string? Variant, Reason Reason)
{
    public override string ToString() => $"{Variant ?? "nothing"} ({Reason})";
}
