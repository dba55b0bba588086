using Fabric.Bpf.Evaluation;
using Fabric.Flags.State;

namespace Fabric.Node.Evaluation;

/// <summary>What a flag answers a caller over HTTP.</summary>
internal abstract record FlagResult
{
    private FlagResult()
    {
    }

    /// <summary>An answer.</summary>
    /// <param name="Flag">The flag at the revision that answered.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Variant">Index of the variant; null leaves the caller its own default.</param>
    public sealed record Given(Flag Flag, AnswerReason Reason, int? Variant) : FlagResult;

    /// <summary>Evaluation failed: the caller's own default.</summary>
    public sealed record Failed(Flag Flag, string Details) : FlagResult;

    /// <summary>No such flag.</summary>
    public sealed record NotFound : FlagResult;

    /// <summary>The node cannot answer right now.</summary>
    public sealed record NotNow(string Details) : FlagResult;
}
