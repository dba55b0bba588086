using Fabric.Chaos.Model;

namespace Fabric.Chaos.Validate.Checks;

/// <summary>What was refused never takes effect.</summary>
internal sealed class RefusedCheck : Checker
{
    public override string Name => "refused";

    public override string Things => "change sets, none of them refused";

    public override IEnumerable<Wrong> Look(Case recorded, Tally tally)
    {
        foreach (var set in recorded.Log.Sets)
        {
            tally.Add();
            if (recorded.Authors.Of(set) is { Outcome: Outcome.Refused } refused)
                yield return new Wrong($"{refused} was refused, and the log has {set}", refused.Ended);
        }
    }
}
