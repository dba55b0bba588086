using Fabric.Chaos.Model;

namespace Fabric.Chaos.Validate;

/// <summary>A run, and what follows from it for every checker.</summary>
internal sealed class Case
{
    public Case(Run run)
    {
        Run = run;
        Log = ChangeLog.Of(run);
        Authors = new Authors(run);
        RealTime = new RealTime(run, Log, Authors);
        Lives = new Lives(run.Statuses);
    }

    public Run Run { get; }

    public ChangeLog Log { get; }

    public Authors Authors { get; }

    public RealTime RealTime { get; }

    public Lives Lives { get; }

    public IEnumerable<RecordedOperation> Writes(Outcome outcome) =>
        Run.Operations.Where(operation => operation.IsWrite && operation.Outcome == outcome);

    public IEnumerable<RecordedOperation> Reads(bool local) =>
        Run.Operations.Where(operation => operation.IsRead && operation.Local == local && operation.Outcome == Outcome.Ok);

    /// <summary>A value, for people.</summary>
    public static string Say(long? value) => value is { } number ? number.ToString(System.Globalization.CultureInfo.InvariantCulture) : "nothing";
}
