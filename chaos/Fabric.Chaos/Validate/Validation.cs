using Fabric.Chaos.Model;
using Fabric.Chaos.Validate.Checks;

namespace Fabric.Chaos.Validate;

/// <summary>All checkers over one recorded run.</summary>
internal static class Validation
{
    /// <summary>More of the same says nothing new.</summary>
    private const int MaxCounted = 1_000;

    public static IReadOnlyList<Checker> Checkers { get; } =
    [
        new LogCheck(), new AcknowledgedCheck(), new RefusedCheck(), new OnceCheck(), new OriginCheck(), new ConditionsCheck(),
        new OrderCheck(), new ReadsCheck(), new LocalReadsCheck(), new RegisterChecks(), new EventsCheck(), new TablesCheck(),
        new AgreementCheck(), new FinalCheck(), new HealingCheck(),
    ];

    /// <summary>Judges the run in a folder.</summary>
    /// <param name="folder">What the harness has recorded.</param>
    /// <param name="only">Names of the checkers that are asked; none is all of them.</param>
    public static IReadOnlyList<Finding> Of(string folder, IReadOnlyCollection<string>? only = null)
    {
        Run run;
        try
        {
            run = RunReader.Read(folder);
        }
        catch (Exception unreadable) when (unreadable is RunUnreadableException or IOException or UnauthorizedAccessException)
        {
            return [new Finding("run", Judgement.Unknown, unreadable.Message)];
        }

        return Of(run, only);
    }

    public static IReadOnlyList<Finding> Of(Run run, IReadOnlyCollection<string>? only = null)
    {
        // Without a log at the end there is nothing that anything could be compared with.
        if (run.Finals.Count == 0)
            return [new Finding("run", Judgement.Unknown, "no host was asked at the end what its log says")];
        var recorded = new Case(run);
        var findings = Checkers.Where(checker => only is null or { Count: 0 } || only.Contains(checker.Name)).Select(checker => Judge(checker, recorded));
        return run.Ended ? [.. findings] : [new Finding("run", Judgement.Unknown, "the run did not come to its end"), .. findings];
    }

    /// <summary>0 where every promise was kept, 1 where one was broken, otherwise 2.</summary>
    public static int ExitCode(IReadOnlyCollection<Finding> findings) =>
        findings.Any(static finding => finding.Judgement == Judgement.Illegal) ? 1
        : findings.Count > 0 && findings.All(static finding => finding.Judgement == Judgement.Ok) ? 0 : 2;

    private static Finding Judge(Checker checker, Case recorded)
    {
        var tally = new Tally();
        Wrong? broken = null, undecided = null;
        var count = 0;
        foreach (var wrong in checker.Look(recorded, tally))
        {
            if (wrong.Undecided)
            {
                undecided ??= wrong;
                continue;
            }

            broken ??= wrong;
            if (++count == MaxCounted)
                break;
        }

        if (broken is not null)
            return new Finding(checker.Name, Judgement.Illegal, count == 1 ? broken.Why : $"{broken.Why} (the first of {count}{(count == MaxCounted ? " or more" : "")})", broken.Time);
        if (undecided is not null)
            return new Finding(checker.Name, Judgement.Unknown, undecided.Why, undecided.Time);
        return tally.Looked > 0
            ? new Finding(checker.Name, Judgement.Ok, $"{tally.Looked} {checker.Things}")
            : new Finding(checker.Name, Judgement.Unknown, $"the run has nothing to look at: {checker.Things}");
    }
}
