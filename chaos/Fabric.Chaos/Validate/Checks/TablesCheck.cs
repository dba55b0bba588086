namespace Fabric.Chaos.Validate.Checks;

/// <summary>Every program sees only states of the log in its host's table, change sets whole, and never an older one after a newer.</summary>
internal sealed class TablesCheck : Checker
{
    public override string Name => "tables";

    public override string Things => "looks into tables";

    public override IEnumerable<Wrong> Look(Case recorded, Tally tally)
    {
        foreach (var program in recorded.Run.Programs)
        {
            var before = 0L;
            foreach (var sample in program.Samples)
            {
                tally.Add();
                if (sample.Revision < before)
                    yield return new Wrong($"{program.Name}, line {sample.Line}: the table went back from revision {before} to {sample.Revision}", sample.Time);
                before = sample.Revision;
                if (sample.Revision < recorded.Log.Since)
                    continue;
                foreach (var (key, value) in sample.Values)
                {
                    var version = recorded.Log.VersionAt(key, sample.Revision);
                    if (version.Value == value)
                        continue;
                    yield return new Wrong(
                        $"{program.Name}, line {sample.Line}: the table of revision {sample.Revision} has {Case.Say(value)} for {key}, the log {Case.Say(version.Value)} since {version.Since}", sample.Time);
                    break;
                }
            }
        }
    }
}
