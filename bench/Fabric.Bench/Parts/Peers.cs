using Fabric.Bench.Report;
using Fabric.Bench.Running;

namespace Fabric.Bench.Parts;

/// <summary>A plain flag, and a rule with a rollout, beside other libraries that evaluate by themselves.</summary>
internal static class Peers
{
    private const int Flags = 10_000;
    private const int OthersInRule = 64;
    private const double TimesAsFast = 30;
    private const string Half = """{"fractional":[["on",50],["off",50]]}""";

    /// <summary>What the override door can be asked in the place of a country, which it is not told.</summary>
    private const string KeyRule = "half-but-some";

    private static readonly BenchCase[] Door =
    [
        new("plain", "all", 1, Cases.Plain),
        new("rule", "country", 0.5, Cases.Rule),
        new("key-rule", "key", 0.5, KeyRule),
    ];

    internal static Section Run(Options options)
    {
        using var table = BenchTable.Create(options, options.Pins ?? options.Work, "peers",
        [
            .. BenchTable.Named(Flags - Door.Length, Definitions.On),
            (Cases.Plain, Definitions.On),
            (Cases.Rule, Definitions.Targeting($$"""{"if":[{"==":[{"var":"country"},"{{Cases.Country}}"]},{{Half}},"off"]}""")),
            (KeyRule, Definitions.Targeting($$"""{"if":[{"in":[{"var":"targetingKey"},[{{Others()}}]]},"off",{{Half}}]}""")),
        ]);

        // The C programs run before and after the others, so that a change of the machine's pace shows in both.
        var begun = AtDoor();
        var npm = NpmPeers.Run(options);
        var managed = Managed.Run(options, [nameof(FeatureManagement.Plain), nameof(FeatureManagement.Rule)], typeof(FeatureManagement));
        var door = Native.RunUndisturbed(options, BenchCase.Nothing, begun.And(AtDoor()), AtDoor);
        var kernel = options.Pins is null ? null : BenchCase.Kernel(options, table, [Door[0], Door[2]]);
        return Describe(door, kernel,
        [
            .. npm,
            ("Microsoft.FeatureManagement 4.7.0", managed["FeatureManagement.Plain"].Time, managed["FeatureManagement.Rule"].Time),
        ]);

        NativeRun AtDoor() => BenchCase.Door(options, table, Door);
    }

    /// <summary>Keys of nobody who asks, as long as those of who does.</summary>
    private static string Others() => string.Join(",", Enumerable.Range(0, OthersInRule).Select(static i => $"\"staff-{i:D5}\""));

    private static Section Describe(NativeRun door, NativeRun? kernel, IReadOnlyList<(string Name, Samples Plain, Samples Rule)> peers)
    {
        var section = new Section("Peers");
        var (plain, rule) = (door["plain"], door["rule"]);
        section.Row("ns per call", "plain flag", "rule + 50 % rollout", "plain ÷ shared door", "rule ÷ shared door");
        section.Row("a function that does nothing (C)", door[BenchCase.Nothing].Text(), "", "", "");
        Row("shared door (C)", plain, rule);
        foreach (var peer in peers)
            Row(peer.Name, peer.Plain, peer.Rule);
        Row("shared door (C), the override door's rule", plain, door["key-rule"]);
        if (kernel is not null)
            Row("override door, the whole call, its own rule", kernel["plain"], kernel["key-rule"]);

        var (fastestPlain, fastestRule) = (peers.MinBy(static peer => peer.Plain.Median), peers.MinBy(static peer => peer.Rule.Median));
        Rules(section, OthersInRule);
        section.Note($"The shared door is asked by `is_feature_enabled` and `flagfabric_boolean` with one attribute, 2,000 calls a sample, the cases in turn, between two halves of the rows of the others; a table of 10,000 flags; {plain.Count} rounds, in which a call that does nothing was as fast as it ever is. "
            + (kernel is null ? "The override door is not measured: that needs the rights to load BPF programs." :
                $"The override door's rows are of `override_flag` as under the kernel's decision, the kernel's way in and out and all, {kernel["plain"].Count} rounds. Checked before: {string.Join("; ", kernel.Notes)}."));
        section.Note("The peers evaluate by themselves without a network, statistics off where that can be chosen, contexts made beforehand, each by the fastest call that its documentation shows: "
            + "FlagdCore.resolveBooleanEvaluation, GrowthBookClient.isOn and Unleash.isEnabled at once, LDClient.variation and IVariantFeatureManager.IsEnabledAsync awaited. "
            + "The npm libraries take turns in one process on Node.js, 1,024 calls a sample, after 1.5 s each to warm up, in three starts of it (one with --quick). "
            + "Of a peer's rounds the fastest twentieth count, where the other rows have the median of what was not disturbed: that is to the peers' advantage.");
        section.Aims.Add(Faster("plain flag", fastestPlain.Name, fastestPlain.Plain, plain));
        section.Aims.Add(Faster("rule + rollout", fastestRule.Name, fastestRule.Rule, rule));
        if (kernel is not null)
            section.Aims.Add(new Aim($"override door, rule + rollout, beside {fastestRule.Name}", fastestRule.Rule.Median, kernel["key-rule"].Median, "ns"));
        return section;

        void Row(string name, Samples ofPlain, Samples ofRule) => section.Row(
            name, ofPlain.Text(), ofRule.Text(), $"{ofPlain.Median / plain.Median:F1}", $"{ofRule.Median / rule.Median:F1}");
    }

    private static Aim Faster(string what, string name, Samples peer, Samples door) =>
        new($"shared door, {what}, as fast as {name}", TimesAsFast, peer.Median / door.Median, "times", AtLeast: true);

    private static void Rules(Section section, int others) => section.Note(
        "The rule in flagd's terms: `{\"if\":[{\"==\":[{\"var\":\"country\"},\"de\"]},{\"fractional\":[[\"on\",50],[\"off\",50]]},\"off\"]}`; all 1,024 callers, in turn, are of this country. "
        + "GrowthBook: a rule with a condition, `force` and a coverage of 0.5. LaunchDarkly: a rule with a clause and a rollout. Unleash: flexibleRollout with a constraint. "
        + "Microsoft.FeatureManagement knows no attributes: the country is a group of the targeting filter's audience, with 50 % of its own and 0 % for all others. "
        + $"The override door is told a flag's name and a targeting key only: its rule is off for {others} other keys, looked for by `in`, and the same 50 % for the rest.");
}
