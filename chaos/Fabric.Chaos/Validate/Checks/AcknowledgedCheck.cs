using Fabric.Chaos.Model;

namespace Fabric.Chaos.Validate.Checks;

/// <summary>What was acknowledged is in the log, whole, at the revision that the answer named.</summary>
internal sealed class AcknowledgedCheck : Checker
{
    public override string Name => "acknowledged";

    public override string Things => "acknowledged writes in the log";

    public override IEnumerable<Wrong> Look(Case recorded, Tally tally)
    {
        foreach (var write in recorded.Writes(Outcome.Ok))
        {
            tally.Add();
            var revision = write.Revision!.Value;
            if (revision <= recorded.Log.Since)
                continue;
            if (recorded.Log.At(revision) is not { } set)
            {
                var place = Authors.PlaceOf(write, recorded.Log);
                yield return new Wrong(
                    $"{write} was acknowledged at revision {revision}, which the log does not have{(place is null ? "; it is nowhere" : $"; it is at {place.Revision}")}", write.Ended);
            }
            else if (!set.Same(new LoggedSet(revision, null, write.Changes)) || (set.Op is { } op && write.Op is { } own && op != own))
            {
                yield return new Wrong($"{write} was acknowledged at revision {revision}, where the log has {set}", write.Ended);
            }
        }
    }
}
