namespace Fabric.Chaos.Validate.Checks;

/// <summary>All hosts have one log: none names another change set at a revision, none lacks one, and nothing of it is unknown to all.</summary>
internal sealed class LogCheck : Checker
{
    public override string Name => "log";

    public override string Things => "change sets in the log, alike on all hosts";

    public override IEnumerable<Wrong> Look(Case recorded, Tally tally)
    {
        var log = recorded.Log;
        tally.Add(log.Count);
        foreach (var final in recorded.Run.Finals)
        {
            var own = new Dictionary<long, Model.LoggedSet>();
            foreach (var set in final.Log)
            {
                if (!own.TryAdd(set.Revision, set))
                    yield return new Wrong($"{final.Host} names revision {set.Revision} twice");
                if (!log.At(set.Revision)!.Same(set))
                    yield return new Wrong($"{final.Host} has {set}, another host has {log.At(set.Revision)}");
            }

            foreach (var set in log.Sets.Where(set => set.Revision > final.Since && set.Revision <= final.Revision && !own.ContainsKey(set.Revision)))
                yield return new Wrong($"{final.Host}, which came to {final.Revision}, lacks {set}");
        }

        var first = recorded.Writes(Model.Outcome.Ok).Select(static write => write.Revision!.Value).DefaultIfEmpty(long.MaxValue).Min();
        if (first <= log.Since)
            yield return new Wrong($"nobody can name what was changed before revision {log.Since}, and revision {first} was acknowledged", Undecided: true);
    }
}
