namespace Fabric.Flags.Definitions;

/// <summary>Another flag's answer that a flag needs.</summary>
/// <param name="Flag">The other flag's key.</param>
/// <param name="Variant">The name of the variant it must answer.</param>
public sealed record Prerequisite(string Flag, string Variant);

/// <summary>A share of the callers that grows or shrinks evenly from one time to another.</summary>
/// <param name="Variant">Index of the variant that those in the share get.</param>
/// <param name="From">The share until <paramref name="Start"/>, in thousandths of a percent: 0 to 100,000.</param>
/// <param name="To">The share from <paramref name="End"/> on, likewise.</param>
/// <param name="Start">When it begins to change.</param>
/// <param name="End">When it has changed; later than <paramref name="Start"/>.</param>
public sealed record Ramp(int Variant, int From, int To, DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>All callers, in thousandths of a percent.</summary>
    public const int Everybody = 100_000;
}

/// <summary>What a host answers that has lost the fabric.</summary>
/// <param name="After">For how long it must have lost it: 5 seconds to 30 days.</param>
/// <param name="Variant">Index of the answer; null leaves the program its own default.</param>
public sealed record Staleness(TimeSpan After, int? Variant)
{
    public static TimeSpan Shortest { get; } = TimeSpan.FromSeconds(5);

    public static TimeSpan Longest { get; } = TimeSpan.FromDays(30);
}
