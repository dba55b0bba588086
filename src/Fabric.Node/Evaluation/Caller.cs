using System.Text.Json;
using Fabric.Bpf.Evaluation;

namespace Fabric.Node.Evaluation;

/// <summary>Who asks over HTTP, in the two shapes that evaluation needs.</summary>
/// <param name="Facts">What the table is asked with.</param>
/// <param name="Given">The context as it was sent, for definitions that only HTTP evaluates; undefined for none.</param>
internal sealed record Caller(EvaluationContext Facts, JsonElement Given)
{
    /// <summary>Nobody in particular.</summary>
    public static Caller Nobody { get; } = new(EvaluationContext.Empty, default);
}
