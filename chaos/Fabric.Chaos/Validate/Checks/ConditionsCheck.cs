using Fabric.Chaos.Model;

namespace Fabric.Chaos.Validate.Checks;

/// <summary>A write took effect only where its conditions held, and was refused for them only where one did not.</summary>
internal sealed class ConditionsCheck : Checker
{
    public override string Name => "conditions";

    public override string Things => "conditions of writes";

    public override IEnumerable<Wrong> Look(Case recorded, Tally tally)
    {
        foreach (var write in recorded.Run.Operations.Where(static one => one.IsWrite))
        {
            var conditions = write.Changes.Where(static change => change.IfRevision is not null).ToList();
            tally.Add(conditions.Count);
            if (write.Conflict && conditions.Count > 0)
            {
                if (conditions.All(condition => HeldThroughout(recorded, write, condition)))
                    yield return new Wrong($"{write} was refused for a condition, and {Say(conditions[0])} held all the time", write.Ended);
            }
            else if (write.Outcome != Outcome.Refused && Authors.PlaceOf(write, recorded.Log) is { } place)
            {
                foreach (var condition in conditions)
                {
                    var before = recorded.Log.VersionAt(condition.Key, place.Revision - 1);
                    if (before.FlagRevision != condition.IfRevision)
                        yield return new Wrong($"{write} took effect at revision {place.Revision} on {Say(condition)}, when its revision was {before.FlagRevision}", write.Ended);
                }
            }
        }
    }

    private static bool HeldThroughout(Case recorded, RecordedOperation write, Change condition) =>
        recorded.Log.Between(condition.Key, recorded.RealTime.SeenBefore(write.Began), recorded.RealTime.BegunBy(write.Ended))
            .All(version => version.FlagRevision == condition.IfRevision);

    private static string Say(Change condition) => $"\"{condition.Key} is at revision {condition.IfRevision}\"";
}
