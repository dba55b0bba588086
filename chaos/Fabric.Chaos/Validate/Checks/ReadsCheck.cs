namespace Fabric.Chaos.Validate.Checks;

/// <summary>A read by default sees a state at least as new as anything that had been seen before it began.</summary>
internal sealed class ReadsCheck : Checker
{
    public override string Name => "reads";

    public override string Things => "linearizable reads";

    public override IEnumerable<Wrong> Look(Case recorded, Tally tally)
    {
        foreach (var read in recorded.Reads(local: false))
        {
            tally.Add();
            var seen = recorded.RealTime.SeenBefore(read.Began);
            var (atLeast, because) = seen >= read.MinRevision ? (seen, "before it began, somebody had seen") : (read.MinRevision, "it asked for");
            if (Answer.WhatIsWrong(recorded, read, atLeast, because) is { } wrong)
                yield return wrong;
        }
    }
}
