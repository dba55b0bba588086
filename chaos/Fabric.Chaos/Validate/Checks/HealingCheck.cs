namespace Fabric.Chaos.Validate.Checks;

/// <summary>When the last fault has ended, all hosts are equal again within ten seconds.</summary>
internal sealed class HealingCheck : Checker
{
    private const double MostSeconds = 10;

    public override string Name => "healing";

    public override string Things => "healing in time";

    public override IEnumerable<Wrong> Look(Case recorded, Tally tally)
    {
        if (recorded.Run.Healed is not { } healed)
            yield break;
        tally.Add();
        if (healed.Equal is not { } equal)
            yield return new Wrong("the hosts were never equal again", healed.Time);
        else if ((equal - healed.Time) / 1e9 is var seconds and > MostSeconds)
            yield return new Wrong($"the hosts were equal only {seconds:F1} s after the last fault, and {MostSeconds} s are promised", equal);
    }
}
