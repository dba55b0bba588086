using Fabric.Chaos.Model;

namespace Fabric.Chaos.Validate.Checks;

/// <summary>Every change set of the log is what somebody asked for, whole: no half of one, and nothing beside it.</summary>
internal sealed class OriginCheck : Checker
{
    public override string Name => "origin";

    public override string Things => "change sets as they were asked for";

    public override IEnumerable<Wrong> Look(Case recorded, Tally tally)
    {
        var lost = recorded.Writes(Outcome.Unknown).Where(static write => write.Changes.All(static change => change.Value is null)).ToList();
        foreach (var set in recorded.Log.Sets)
        {
            tally.Add();
            var author = recorded.Authors.Of(set) ?? Deleted(set, lost);
            if (author is null)
                yield return new Wrong($"nobody asked for {set}");
            else if (!set.Same(new LoggedSet(set.Revision, null, author.Changes)))
                yield return new Wrong($"{author} is in the log as {set}", author.Ended);
        }
    }

    /// <summary>A deletion whose outcome is unknown may stand behind any deletion of the same flags, but behind one only.</summary>
    private static RecordedOperation? Deleted(LoggedSet set, List<RecordedOperation> lost)
    {
        var at = lost.FindIndex(write => set.Same(new LoggedSet(set.Revision, null, write.Changes)));
        if (at < 0)
            return null;
        var found = lost[at];
        lost.RemoveAt(at);
        return found;
    }
}
