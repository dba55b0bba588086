using System.Globalization;
using Fabric.Chaos.Faults;
using Fabric.Chaos.Traffic;

namespace Fabric.Chaos.Running;

/// <summary>What a run came to, in numbers; whether it was right is the checkers' to say.</summary>
internal sealed record Figures
{
    // A fabric that hardly works shows hardly any of its faults.
    private const double LeastPerSecond = 150;
    private static readonly TimeSpan LongestWithoutWrites = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestUntilEqual = TimeSpan.FromSeconds(10);

    public required long Answered { get; init; }
    public required long Succeeded { get; init; }
    public required long Unknown { get; init; }
    public required TimeSpan Lasted { get; init; }
    public required IReadOnlyDictionary<string, int> Faults { get; init; }
    public required int UnexpectedEnds { get; init; }

    /// <summary>From each leader's death until the first write that began after it was accepted; null where none was.</summary>
    public required IReadOnlyList<TimeSpan?> WithoutWrites { get; init; }

    /// <summary>From the end of the faults until all hosts were equal; null where they never were.</summary>
    public required TimeSpan? UntilEqual { get; init; }

    public double PerSecond => Answered / Lasted.TotalSeconds;

    /// <summary>Too little happened for the run to show anything.</summary>
    public bool Invalid => PerSecond < LeastPerSecond;

    public static Figures Of(Operations operations, FaultRunner faults, TimeSpan lasted, TimeSpan? untilEqual) => new()
    {
        Answered = operations.Answered,
        Succeeded = operations.Succeeded,
        Unknown = operations.Unknown,
        Lasted = lasted,
        Faults = new SortedDictionary<string, int>(new Dictionary<string, int>(faults.Counts)),
        UnexpectedEnds = faults.UnexpectedEnds,
        WithoutWrites = [.. faults.LeaderDeaths.Select(moment => operations.FirstAcceptedAfter(moment) is { } gap ? TimeSpan.FromMicroseconds(gap / 1000.0) : (TimeSpan?)null)],
        UntilEqual = untilEqual,
    };

    /// <summary>What the run itself promises, a line each: whether it was kept, and what was measured.</summary>
    public IEnumerable<(bool Kept, string Line)> Judge()
    {
        yield return (UntilEqual <= LongestUntilEqual, UntilEqual is { } equal ? Text($"all hosts equal {equal.TotalSeconds:0.0} s after the last fault (at most 10)") : "the hosts did not become equal");
        if (WithoutWrites.Count > 0)
            yield return (WithoutWrites.All(static gap => gap <= LongestWithoutWrites), WithoutWrites.Any(static gap => gap is null)
                ? "no write was accepted after a leader's death"
                : Text($"writes accepted again at most {WithoutWrites.Max()!.Value.TotalSeconds:0.00} s after a leader's death, of {WithoutWrites.Count} (at most 5)"));
        yield return (UnexpectedEnds == 0, Text($"{UnexpectedEnds} nodes ended that no fault ended"));
    }

    public IEnumerable<string> Lines()
    {
        yield return Text($"operations {Answered} with an outcome ({Succeeded} succeeded), {Unknown} unknown, {PerSecond:0} a second over {Lasted.TotalSeconds:0} s");
        yield return Text($"faults     {Faults.Values.Sum()}: {string.Join(", ", Faults.Select(static fault => $"{fault.Key} {fault.Value}"))}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
