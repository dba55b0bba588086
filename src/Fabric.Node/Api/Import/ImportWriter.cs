using Fabric.Flags.Changes;
using Fabric.Node.Problems;
using Fabric.Node.Writes;

namespace Fabric.Node.Api.Import;

/// <summary>Writes what is planned, set by set, and stops at the first that does not apply.</summary>
internal sealed class ImportWriter(WriteDesk desk)
{
    /// <param name="http">Who asks for it; gone, nothing more is written.</param>
    /// <param name="plan">What to write; its flags are told what became of them.</param>
    /// <param name="seen">The revision that the plan was made at.</param>
    /// <param name="operation">The name of the import.</param>
    /// <returns>The number of sets, and why not all of them were written; null when they were.</returns>
    public async Task<(int Sets, Refusal? Refusal)> WriteAsync(HttpContext http, ImportPlan plan, long seen, Operation operation)
    {
        var sets = plan.Sets().ToArray();
        for (var i = 0; i < sets.Length; i++)
        {
            var result = await desk.WriteAsync(http, sets[i].Changes);
            if (result is WriteResult.Decided { Outcome: ChangeOutcome.Applied applied, Created: var created })
            {
                foreach (var flag in sets[i].Flags)
                    Note(flag, applied.Revision, seen, created.Contains(flag.Source.Key));
                continue;
            }

            Fail(sets[i..], result is WriteResult.Unknown);
            return (sets.Length, Stopped(desk.Refusal(result, operation.Id, byHeader: false)!, i, sets.Length, operation));
        }

        return (sets.Length, null);
    }

    private static void Note(ImportedFlag flag, long revision, long seen, bool created)
    {
        // What is older than the plan was written by an attempt before this one.
        if (revision <= seen)
            flag.AppliedBefore(revision);
        else
            flag.Applied(revision, created);
    }

    private static void Fail(PlannedSet[] left, bool unknown)
    {
        foreach (var flag in left[0].Flags)
            flag.Fail(unknown ? ImportResult.Unknown : ImportResult.NotApplied);
        foreach (var flag in left.Skip(1).SelectMany(static set => set.Flags))
            flag.Fail(ImportResult.NotApplied);
    }

    private static Refusal Stopped(Refusal reason, int applied, int sets, Operation operation)
    {
        if (sets == 1)
            return reason with { OperationId = operation.Id };
        var before = applied == 0 ? "no change set was applied" : $"{applied} of {sets} change sets were applied";
        return reason with
        {
            Title = $"The import was not finished: {reason.Title}",
            Detail = $"{before}, those after number {applied + 1} were not sent; of number {applied + 1}: {reason.Detail}",
            Applied = reason.Applied ?? (applied == 0 ? "no" : "partly"),
            OperationId = operation.Id,
        };
    }
}
