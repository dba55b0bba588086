namespace Fabric.Chaos.Validate;

/// <summary>What a checker came to.</summary>
internal enum Judgement
{
    /// <summary>The promise was kept.</summary>
    Ok,

    /// <summary>It was broken.</summary>
    Illegal,

    /// <summary>It could not be found out, which is no success.</summary>
    Unknown,
}

/// <summary>The judgement of one checker.</summary>
/// <param name="Checker">Its name.</param>
/// <param name="Judgement">What it came to.</param>
/// <param name="Says">What was checked, or the first evidence.</param>
/// <param name="Time">When the evidence was seen.</param>
internal sealed record Finding(string Checker, Judgement Judgement, string Says, long? Time = null)
{
    /// <summary>One line.</summary>
    public override string ToString() => $"{Checker,-13} {Judgement.ToString().ToUpperInvariant(),-7} {Says}";
}
