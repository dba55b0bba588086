using Fabric.Chaos.Model;

namespace Fabric.Chaos.Validate.Checks;

/// <summary>Every operation takes effect at most once, whether its outcome was known or not.</summary>
internal sealed class OnceCheck : Checker
{
    public override string Name => "once";

    public override string Things => "change sets, each once";

    public override IEnumerable<Wrong> Look(Case recorded, Tally tally)
    {
        var ops = new Dictionary<string, LoggedSet>(StringComparer.Ordinal);
        foreach (var set in recorded.Log.Sets)
        {
            tally.Add();
            if (set.Op is { } op && !ops.TryAdd(op, set))
                yield return new Wrong($"operation {op} is in the log twice: {ops[op]} and {set}");
            foreach (var change in set.Changes)
            {
                if (change.Value is { } value && recorded.Log.Writing(value) is { } first && first.Revision != set.Revision)
                    yield return new Wrong($"{change} took effect at revision {first.Revision} and again at {set.Revision}", recorded.Authors.Of(set)?.Ended);
            }
        }

        var answered = new Dictionary<long, RecordedOperation>();
        foreach (var write in recorded.Writes(Outcome.Ok))
        {
            if (!answered.TryAdd(write.Revision!.Value, write))
                yield return new Wrong($"{answered[write.Revision.Value]} and {write} were both acknowledged at revision {write.Revision}", write.Ended);
        }
    }
}
