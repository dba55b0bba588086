namespace Fabric.Bpf.Attach;

/// <summary>What one round of the door attaches with, and what it lets go.</summary>
/// <param name="Program">The program that answers; null where there is none.</param>
/// <param name="WhyNone">Why there is none.</param>
/// <param name="Pins">Where links are pinned.</param>
/// <param name="Earlier">What an earlier process left.</param>
internal sealed record Placement(OverrideProgram? Program, string? WhyNone, LinkPins Pins, EarlierLinks Earlier)
{
    /// <summary>Whether what the kernel refused is tried again.</summary>
    internal bool TriesAgain { get; init; }

    /// <summary>
    /// Links that are to go when everything is attached that is to be. Each waits for the kernel to see that nobody is in
    /// the midst of its program, so they go at the same time.
    /// </summary>
    internal List<PinnedLink> Released { get; } = [];
}
