using Fabric.Bpf.Evaluation;
using Fabric.Bpf.Table;
using Fabric.Flags.Compilation;
using Fabric.Flags.State;
using static Fabric.Bpf.Tests.Table.TestTables;

namespace Fabric.Bpf.Tests.Table;

/// <summary>From a rule through compiler, encoder and table to what the evaluator answers.</summary>
public sealed unsafe class ProgramTests : IDisposable
{
    private readonly string _folder = Folder(TableKind.File);

    [Theory]
    [InlineData("""{"if":[{"==":[{"var":"plan"},"pro"]},"on","off"]}""", "pro", 0)]
    [InlineData("""{"if":[{"==":[{"var":"plan"},"pro"]},"on","off"]}""", "free", 1)]
    [InlineData("""{"if":[{"in":[{"var":"plan"},["a","pro",3]]},"on"]}""", "pro", 0)]
    [InlineData("""{"if":[{"in":[{"var":"plan"},["a","pro",3]]},"on"]}""", "b", null)]
    [InlineData("""{"if":[{"ends_with":[{"var":"plan"},"ro"]},"on","off"]}""", "pro", 0)]
    [InlineData("""{"if":[{"sem_ver":[{"var":"plan"},">=","1.2.0"]},"on","off"]}""", "1.10.0", 0)]
    [InlineData("""{"if":[{"sem_ver":[{"var":"plan"},">=","1.2.0-b"]},"on","off"]}""", "1.2.0-a", 1)]
    [InlineData("""{"if":[{">":[{"*":[{"var":"plan"},2]},9]},"on","off"]}""", "5", 0)]
    [InlineData("""{"if":[{">":[{"*":[{"var":"plan"},2]},9]},"on","off"]}""", "4", 1)]
    [InlineData("""{"if":[{"missing":["plan","other"]},"on","off"]}""", "x", 0)]
    [InlineData("""{"if":[{"===":[{"var":["other","none"]},"none"]},"on","off"]}""", "x", 0)]
    [InlineData("""{"if":[{"and":[{"var":"plan"},{"!":{"var":"other"}}]},"on","off"]}""", "x", 0)]
    [InlineData("""{"var":"plan"}""", "off", 1)]
    [InlineData("""{"if":[{"===":[{"var":"host.labels.zone"},{"var":"plan"}]},"on","off"]}""", "eu", 0)]
    [InlineData("""{"if":[{"===":[{"var":"$flagd.flagKey"},{"var":"plan"}]},"on","off"]}""", "f", 0)]
    public void A_rule_answers_as_it_says(string targeting, string plan, int? variant)
    {
        using var table = Table(("f", targeting));

        var answer = Ask(table, "f", "user", plan);
        Assert.Equal(variant ?? Layout.NoVariant, answer.Variant);
    }

    [Theory]
    [InlineData("""{"==":[{"var":"plan"},1]}""")]
    [InlineData("""{"+":[{"var":"plan"},1]}""")]
    [InlineData("""{"var":"plan"}""")]
    [InlineData("""{"map":[{"var":"plan"},1]}""")]
    public void What_fails_names_nothing_or_is_for_HTTP_is_an_error(string targeting)
    {
        using var table = Table(("f", targeting));

        var answer = Ask(table, "f", "user", "nothing");
        Assert.Equal((AnswerReason.Error, Layout.NoVariant), ((AnswerReason)answer.Reason, answer.Variant));
    }

    [Fact]
    public void A_program_divides_callers_as_the_body_does()
    {
        using var table = Table(
            ("f", """{"fractional":[["on",30],["off",70]]}"""),
            ("g", """{"fractional":[{"cat":["f",{"var":"targetingKey"}]},["on",{"+":[{"var":"none"},30]}],["off",70]]}"""),
            ("h", """{"if":[{"var":"plan"},{"fractional":[{"var":"plan"},["on",30],["off",70]]}]}"""));

        for (var user = 0; user < 5_000; user++)
        {
            var expected = Ask(table, "f", $"user-{user}", "x").Variant;
            Assert.Equal(expected, Ask(table, "g", $"user-{user}", "x").Variant);
            Assert.Equal(expected, Ask(table, "h", null, $"fuser-{user}").Variant);
        }
    }

    [Fact]
    public void A_list_of_thousands_is_found_in_and_a_block_of_any_size_is_kept()
    {
        var ids = string.Join(',', Enumerable.Range(0, 4_500).Select(static i => $"\"{i:d6}\""));
        using var table = Table(("f", $$"""{"if":[{"in":[{"var":"plan"},[{{ids}}]]},"on","off"]}"""));

        for (var i = 0; i < 6_000; i += 7)
            Assert.Equal(i < 4_500 ? 0 : 1, Ask(table, "f", "user", $"{i:d6}").Variant);
        for (var revision = 2; revision < 30; revision++)
            table.Reconcile(revision, Rules(revision, ("f", $$"""{"if":[{"in":[{"var":"plan"},["{{revision}}",{{ids}}]]},"on","off"]}""")));
        Assert.Equal((0, 1), (Ask(table, "f", "user", "29").Variant, Ask(table, "f", "user", "28").Variant));
    }

    [Fact]
    public void Tables_of_hosts_with_other_labels_say_the_same_and_differ_when_the_rules_differ()
    {
        const string rule = """{"if":[{"===":[{"var":"host.labels.zone"},"eu"]},"on","off"]}""";
        using var eu = Table(("f", rule));
        using var us = Open(TableKind.File, Directory.CreateDirectory(Path.Combine(_folder, "us")).FullName, Owner(node: "b") with { Facts = new HostFacts("b", [new("zone", "us")]) });
        us.Reconcile(1, Rules(1, ("f", rule)));

        Assert.Equal((0, 1), (Ask(eu, "f", null, "").Variant, Ask(us, "f", null, "").Variant));
        Assert.Equal(eu.Digest(), us.Digest());
        us.Reconcile(2, Rules(1, ("f", """{"if":[{"===":[{"var":"host.labels.zone"},"us"]},"on","off"]}""")));
        Assert.NotEqual(eu.Digest(), us.Digest());
        us.Reconcile(3, Rules(3, ("f", rule)));
        Assert.NotEqual(eu.Digest(), us.Digest());
    }

    [Fact]
    public void A_host_whose_labels_changed_rewrites_what_asks_for_them_and_nothing_else()
    {
        var flags = Rules(1, ("f", """{"if":[{"===":[{"var":"host.labels.zone"},"eu"]},"on","off"]}"""), ("g", """{"if":[{"var":"zone"},"on"]}"""));
        using (var table = Open(TableKind.File, _folder, Owner() with { Facts = new HostFacts("a", [new("zone", "us")]) }))
            Assert.Equal(2, table.Reconcile(1, flags));

        using var again = Open(TableKind.File, _folder, Owner() with { Facts = new HostFacts("a", [new("zone", "eu")]) });
        Assert.Equal(1, again.Reconcile(1, flags));
        Assert.Equal(0, Ask(again, "f", null, "").Variant);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private FlagTable Table(params (string Key, string Targeting)[] rules)
    {
        var table = Open(TableKind.File, _folder, Owner() with { Facts = new HostFacts("a", [new("zone", "eu")]) });
        table.Reconcile(1, Rules(1, rules));
        return table;
    }

    private static FlagSet Rules(long revision, params (string Key, string Targeting)[] rules) => Set(revision, [.. rules.Select(static rule =>
        (rule.Key, Definition($$$"""{"state":"ENABLED","variants":{"on":true,"off":false},"targeting":{{{rule.Targeting}}}}""")))]);

    private static Fabric.Bpf.Interop.NodeEvaluator.Answer Ask(FlagTable table, string flag, string? key, string plan) =>
        TableQuestion.Ask(table.Memory.Bytes, flag, new EvaluationContext(key, [new CallerFact("plan", FactType.String, Text: plan)]));
}
