using System.Globalization;
using Fabric.Bench.Report;
using Fabric.Bench.Running;

namespace Fabric.Bench.Parts;

/// <summary>What rules cost on top of a plain flag, in the program and in the kernel.</summary>
internal static class Rules
{
    private const int Flags = 10_000;
    private const int MostKeysInList = 256;
    private const string Plain = "plain";
    private const string Attributes = "three-attributes";
    private const string Keys = "three-of-key";
    private const string Needed = "needed";

    internal static Section Run(Options options)
    {
        var rules = All();
        using var table = BenchTable.Create(options, options.Pins ?? options.Work, "rules",
        [
            .. BenchTable.Named(Flags - rules.Count - 1, Definitions.On),
            (Needed, Definitions.On),
            .. rules.Select(static rule => (rule.Name, rule.Json)),
        ]);

        var door = Native.RunUndisturbed(options, BenchCase.Nothing, begun: null, () => BenchCase.Door(options, table, Of(Where.Door)));
        var kernel = options.Pins is null ? null : BenchCase.Kernel(options, table, Of(Where.Kernel));
        return Describe(rules, door, kernel);

        BenchCase[] Of(Where where) =>
            [.. rules.Where(rule => rule.Where.HasFlag(where)).Select(static rule => new BenchCase(rule.Name, rule.How, rule.Share, rule.Name))];
    }

    private static Section Describe(List<Rule> rules, NativeRun door, NativeRun? kernel)
    {
        var section = new Section("Rules");
        section.Row("ns per call", "shared door", "above a plain flag", "override door, the whole call", "above a plain flag");
        section.Row("nothing: a function that does nothing, a call without a probe", door[BenchCase.Nothing].Text(), "", kernel?["unprobed"].Text() ?? "", "");
        section.Row("an empty probe", "", "", kernel?["empty"].Text() ?? "", "");
        foreach (var row in rules.GroupBy(static rule => rule.Row))
        {
            var inDoor = row.FirstOrDefault(static rule => rule.Where.HasFlag(Where.Door))?.Name;
            var inKernel = kernel is null ? null : row.FirstOrDefault(static rule => rule.Where.HasFlag(Where.Kernel))?.Name;
            section.Row(row.Key, Figure(door, inDoor), Above(door, inDoor), Figure(kernel, inKernel), Above(kernel, inKernel));
        }

        section.Note($"A table with 10,000 flags, among them one for each row; 1,024 targeting keys of 11 bytes in turn. The cases take turns, in the shared door {door[Plain].Count} rounds of 2,000 calls by `is_feature_enabled`, `is_feature_enabled_for` where the row says key, and `flagfabric_boolean` with four attributes (country, plan, age, version) where it says attributes. "
            + "The columns above a plain flag are medians of the differences round by round, from the plain flag by `is_feature_enabled`, so that what the context costs is in them. "
            + "Of `in`, up to 256 callers are in the list, and at most half of what is listed. Of three clauses all three are looked at for every caller.");
        section.Note(kernel is null
            ? "The override door is not measured: that needs the rights to load BPF programs."
            : $"The override door is `override_flag` as under the kernel's decision, all rows with a key and by one probe, {kernel[Plain].Count} rounds of 1,000 calls. It knows no attributes, so rows that need them have no figure. Checked before: {string.Join("; ", kernel.Notes)}.");
        section.Aims.Add(new Aim("shared door, three clauses on attributes, above a plain flag", 30, door.Above(Attributes, Plain).Median, "ns"));
        if (kernel is not null)
            section.Aims.Add(new Aim("kernel, three clauses on the targeting key, above a plain flag", 80, kernel.Above(Keys, Plain).Median, "ns"));
        return section;

        static string Figure(NativeRun? run, string? name) => run is null || name is null ? "" : run[name].Text();

        static string Above(NativeRun? run, string? name) => run is null || name is null or Plain ? "" : run.Above(name, Plain).Text();
    }

    private static List<Rule> All() =>
    [
        new("plain flag", Plain, Definitions.On, "all", 1, Where.Both),
        new("plain flag, attributes", "plain-context", Definitions.On, "context", 1, Where.Door),
        new("25 % rollout, key", "rollout", Definitions.Rollout, "key", 0.25, Where.Both),
        new("country ==, plan in 3, age >=; attributes", Attributes, Definitions.If(
            """{"and":[{"==":[{"var":"country"},"de"]},{"in":[{"var":"plan"},["free","team","enterprise"]]},{">=":[{"var":"age"},18]}]}"""), "context", 1, Where.Door),
        new("starts_with, ends_with, in 3; key", Keys, Definitions.Targeting(
            $$"""{"if":[{"or":[{"starts_with":[{"var":"targetingKey"},"staff-"]},{"ends_with":[{"var":"targetingKey"},"-test"]},{"in":[{"var":"targetingKey"},[{{Quoted(Cases.Keys.Take(3))}}]]}]},"off","on"]}"""), "key", 1, Where.Both),
        InList(5),
        InList(500),
        InList(4000),
        new("sem_ver >=, attributes", "sem-ver", Definitions.If("""{"sem_ver":[{"var":"version"},">=","2.0.0"]}"""), "context", 1, Where.Door),
        new("a ramp at about half, key", "ramp", Ramp(), "key", 0.5, Where.Both),
        new("activateAt in the past", "activated", Definitions.With(Definitions.On, "\"activateAt\":\"2020-01-01T00:00:00Z\",\"offVariant\":\"off\""), "all", 1, Where.Both),
        new("one prerequisite", "needs-one", Definitions.With(Definitions.On, $$"""
            "offVariant":"off","prerequisites":[{"flag":"{{Needed}}","variant":"on"}]
            """), "all", 1, Where.Both),
        // A rule for each of the two programs that ask, so that it is true of both.
        new("process.comm ==", "comm-door", Definitions.If("""{"==":[{"var":"process.comm"},"doors"]}"""), "all", 1, Where.Door),
        new("process.comm ==", "comm-kernel", Definitions.If("""{"==":[{"var":"process.comm"},"probe"]}"""), "all", 1, Where.Kernel),
        new("process.exe ends_with", "exe-door", Definitions.If("""{"ends_with":[{"var":"process.exe"},"/bench/native/out/doors"]}"""), "all", 1, Where.Door),
        new("process.exe ends_with", "exe-kernel", Definitions.If("""{"ends_with":[{"var":"process.exe"},"/bench/native/out/probe"]}"""), "all", 1, Where.Kernel),
    ];

    private static Rule InList(int count)
    {
        // Callers all over the 1,024, and shorter ids of nobody who asks: a definition has at most 49,152 bytes.
        var asking = Enumerable.Range(0, Math.Min(count / 2, MostKeysInList)).Select(static i => Cases.Keys[i * 397 % Cases.KeyCount]).ToArray();
        var others = Enumerable.Range(0, count - asking.Length).Select(static i => $"id-{i:D5}");
        return new($"in {count:N0} ids, key", $"in-{count}", Definitions.If($$"""{"in":[{"var":"targetingKey"},[{{Quoted(others.Concat(asking))}}]]}"""),
            "key", (double)asking.Length / Cases.KeyCount, Where.Both);
    }

    /// <summary>From nobody yesterday to everybody tomorrow.</summary>
    private static string Ramp()
    {
        var now = DateTimeOffset.UtcNow;
        return Definitions.With(Definitions.Off,
            $$"""
            "ramp":{"variant":"on","from":0,"to":100,"start":"{{Rfc3339(now.AddDays(-1))}}","end":"{{Rfc3339(now.AddDays(1))}}"}
            """);
    }

    private static string Rfc3339(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Quoted(IEnumerable<string> texts) => string.Join(",", texts.Select(static text => $"\"{text}\""));

    /// <summary>Which door a rule is measured in.</summary>
    [Flags]
    private enum Where
    {
        Door = 1,
        Kernel = 2,
        Both = Door | Kernel,
    }

    /// <param name="Row">What the report calls it.</param>
    /// <param name="Name">Of the flag and of its case.</param>
    /// <param name="Json">The flag's definition.</param>
    /// <param name="How">Which function the shared door is asked by.</param>
    /// <param name="Share">How many of the keys are answered yes.</param>
    /// <param name="Where">Which door it is measured in.</param>
    private sealed record Rule(string Row, string Name, string Json, string How, double Share, Where Where);
}
