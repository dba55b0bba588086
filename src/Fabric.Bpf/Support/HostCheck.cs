namespace Fabric.Bpf.Support;

/// <summary>How a check of this host ended.</summary>
public enum CheckStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Something works less well, or not at all, that a node can do without.</summary>
    Warn,

    /// <summary>Something is broken.</summary>
    Fail,

    /// <summary>It could not be found out.</summary>
    Skip,
}

/// <summary>One thing that <c>fabric doctor</c> looked at.</summary>
/// <param name="Name">What it is, in a word or two that stay the same.</param>
/// <param name="Status">How it is.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Cure">What to do about it, in one line; null when there is nothing to do.</param>
public sealed record HostCheck(string Name, CheckStatus Status, string Detail, string? Cure);
