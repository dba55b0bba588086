using System.Globalization;
using Fabric.Chaos.Faults;
using Fabric.Chaos.Traffic;
using Fabric.Chaos.Validate;

namespace Fabric.Chaos.Running;

/// <summary>What a run came to, in numbers; whether it was right is the checkers' to say.</summary>
internal sealed record Figures
{
    // A fabric that hardly works shows hardly any of its faults.
    private const double LeastPerSecond = 150;
    private static readonly TimeSpan LongestWithoutWrites = TimeSpan.FromSeconds(5);

    public required long Decided { get; init; }
    public required long NotTaken { get; init; }
    public required long Unknown { get; init; }
    public required TimeSpan Lasted { get; init; }
    public required IReadOnlyDictionary<string, int> Faults { get; init; }

    /// <summary>Kinds of faults that were wanted and did not come.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    public required int UnexpectedEnds { get; init; }

    /// <summary>From each leader's death until the first write that began after it was accepted; null where none was.</summary>
    public required IReadOnlyList<TimeSpan?> WithoutWrites { get; init; }

    /// <summary>From the end of the faults until all hosts were equal; null where they never were.</summary>
    public required TimeSpan? UntilEqual { get; init; }

    public double PerSecond => Decided / Lasted.TotalSeconds;

    public static Figures Of(Operations operations, FaultRunner faults, IReadOnlyList<FaultKind> wanted, TimeSpan lasted, TimeSpan? untilEqual) => new()
    {
        Decided = operations.Decided,
        NotTaken = operations.NotTaken,
        Unknown = operations.Unknown,
        Lasted = lasted,
        Faults = new SortedDictionary<string, int>(new Dictionary<string, int>(faults.Counts)),
        Missing = [.. wanted.Select(static kind => kind.Name).Except(faults.Counts.Keys)],
        UnexpectedEnds = faults.UnexpectedEnds,
        WithoutWrites = [.. faults.LeaderDeaths.Select(moment => operations.FirstAcceptedAfter(moment) is { } gap ? TimeSpan.FromMicroseconds(gap / 1000.0) : (TimeSpan?)null)],
        UntilEqual = untilEqual,
    };

    /// <summary>What the run itself promises: whether it was kept, and what was measured.</summary>
    public IEnumerable<Finding> Judge()
    {
        yield return new Finding("pace", PerSecond < LeastPerSecond ? Judgement.Unknown : Judgement.Ok, Text($"{PerSecond:0} operations a second; below {LeastPerSecond:0} a run shows nothing"));
        yield return new Finding("faults", Missing.Count == 0 ? Judgement.Ok : Judgement.Unknown,
            Missing.Count == 0 ? Text($"{Faults.Values.Sum()} faults of {Faults.Count} kinds") : $"the run was too short for {string.Join(", ", Missing)}");
        yield return new Finding("self-ended", UnexpectedEnds == 0 ? Judgement.Ok : Judgement.Illegal, Text($"{UnexpectedEnds} nodes ended that no fault ended"));
        if (WithoutWrites.Count > 0)
            yield return Writes(WithoutWrites.Any(static gap => gap is null) ? null : WithoutWrites.Max());
    }

    private Finding Writes(TimeSpan? longest) => longest is not { } gap
        ? new Finding("leaders", Judgement.Illegal, "no write was accepted after a leader's death")
        : new Finding("leaders", gap <= LongestWithoutWrites ? Judgement.Ok : Judgement.Illegal,
            Text($"writes accepted again at most {gap.TotalSeconds:0.00} s after a leader's death, of {WithoutWrites.Count} deaths; {LongestWithoutWrites.TotalSeconds:0} s are allowed"));

    public IEnumerable<string> Lines()
    {
        yield return UntilEqual is { } equal ? Text($"equal      {equal.TotalSeconds:0.0} s after the last fault") : "equal      never";
        yield return Text($"operations {Decided} decided, {PerSecond:0} a second; {NotTaken} that nobody took, {Unknown} unknown; in {Lasted.TotalSeconds:0} s");
        yield return Text($"faults     {Faults.Values.Sum()}: {string.Join(", ", Faults.Select(static fault => $"{fault.Key} {fault.Value}"))}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
