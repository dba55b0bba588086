namespace Fabric.Chaos.Validate.Checks;

/// <summary>Revisions keep to real time: what began after a revision had been seen comes behind it.</summary>
internal sealed class OrderCheck : Checker
{
    public override string Name => "order";

    public override string Things => "change sets in the order of real time";

    public override IEnumerable<Wrong> Look(Case recorded, Tally tally)
    {
        foreach (var set in recorded.Log.Sets)
        {
            if (recorded.Authors.Of(set) is not { } author)
                continue;
            tally.Add();
            var seen = recorded.RealTime.SeenBefore(author.Began);
            if (set.Revision <= seen)
                yield return new Wrong($"{author} took effect at revision {set.Revision}, and {seen} had been seen before it began", author.Began);
        }
    }
}
