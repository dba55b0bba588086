namespace Fabric.Chaos.Validate;

/// <summary>What checking came to.</summary>
internal abstract record Verdict
{
    private Verdict() { }

    /// <summary>There is an order that explains everything.</summary>
    public sealed record Linearizable : Verdict;

    /// <summary>There is none.</summary>
    /// <param name="Why">What cannot be explained.</param>
    public sealed record Illegal(string Why) : Verdict;

    /// <summary>It was not found out within the bounds. That is a failure, too.</summary>
    /// <param name="Why">Which bound.</param>
    public sealed record Unknown(string Why) : Verdict;
}
