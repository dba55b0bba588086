using System.Diagnostics;
using Jint;

namespace Fabric.Node.Evaluation;

/// <summary>Ends an evaluation that takes too long. It sleeps while an engine is being made, which is nobody's rule.</summary>
internal sealed class RuleDeadline : Constraint
{
    /// <summary>The clock is looked at once in so many statements.</summary>
    private const int Stride = 64;

    private long _since;
    private int _statements;

    public bool Asleep { get; set; } = true;

    public override void Reset() => (_since, _statements) = (Stopwatch.GetTimestamp(), 0);

    public override void Check()
    {
        if (!Asleep && ++_statements % Stride == 0 && Stopwatch.GetElapsedTime(_since) > RuleLimits.Time)
            throw new TimeoutException($"it took more than {RuleLimits.Time.TotalMilliseconds:0} ms");
    }
}
