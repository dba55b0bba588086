using System.Collections.Immutable;
using System.Text.Json;
using Fabric.Bpf.Evaluation;
using Fabric.Flags.Compilation;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;
using Fabric.Node.Evaluation;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Evaluation;

/// <summary>The order of an answer, for definitions that the table cannot evaluate.</summary>
public sealed class HttpOnlyEvaluationTests : IDisposable
{
    private const string True = """{"some":[[1],true]}""";
    private const string Null = """{"var":"absent"}""";

    private readonly SetClock _clock = new();
    private readonly FakeConsensus _consensus = new("a", new FakeLog());
    private readonly RuleEngines _engines;
    private readonly HttpOnlyEvaluation _evaluation;
    private ImmutableSortedSet<string>? _builds;

    public HttpOnlyEvaluationTests()
    {
        _engines = new RuleEngines(new HostFacts("a"), _clock);
        _evaluation = new HttpOnlyEvaluation(_consensus, () => _builds, _engines, _clock);
        _consensus.LastContact = _clock.Now;
    }

    public void Dispose() => _engines.Dispose();

    [Fact]
    public async Task Targeting_that_names_a_variant_is_a_match() =>
        Assert.Equal((AnswerReason.TargetingMatch, "on"), await AskAsync(Rule("""{"if":[true,"on"]}""")));

    [Fact]
    public async Task Targeting_that_decides_nothing_leaves_the_default() =>
        Assert.Equal((AnswerReason.Default, "off"), await AskAsync(Rule(Null)));

    [Fact]
    public async Task A_flag_without_targeting_answers_its_default_as_static() =>
        Assert.Equal((AnswerReason.Static, "off"), await AskAsync(Rule("{}")));

    [Fact]
    public async Task Targeting_that_fails_gives_no_variant()
    {
        Assert.Contains("targeting fails", await FailAsync(Rule("""{"==":["a",1]}""")), StringComparison.Ordinal);
        Assert.Contains("no variant has", await FailAsync(Rule("""{"cat":["blue"]}""")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disabled_flag_answers_nothing_whatever_else_it_says()
    {
        var disabled = HttpOnlyFlags.Define("""{"state":"DISABLED","variants":{"on":true,"off":false},"staleAfter":{"after":"5s","variant":"on"}}""");
        _consensus.LastContact = DateTimeOffset.UnixEpoch;

        Assert.Equal((AnswerReason.Disabled, null), await AskAsync(disabled));
    }

    [Fact]
    public async Task A_flag_that_requires_a_build_answers_only_where_one_of_them_is_attached()
    {
        var flag = Rule("""{"if":[true,"on"]}""", ",\"requiresBuild\":[\"00112233\",\"44556677\"]");
        Assert.Equal((AnswerReason.Default, null), await AskAsync(flag));
        _builds = ["8899aabb"];
        Assert.Equal((AnswerReason.Default, null), await AskAsync(flag));
        _builds = ["8899aabb", "44556677"];
        Assert.Equal((AnswerReason.TargetingMatch, "on"), await AskAsync(flag));
    }

    [Fact]
    public async Task A_host_that_lost_the_fabric_answers_the_stale_variant()
    {
        var flag = Rule("""{"if":[true,"on"]}""", ""","staleAfter":{"after":"30s","variant":"off"}""");
        Assert.Equal((AnswerReason.TargetingMatch, "on"), await AskAsync(flag));

        _clock.Now += TimeSpan.FromSeconds(31);
        Assert.Equal((AnswerReason.Stale, "off"), await AskAsync(flag));

        var silent = Rule("""{"if":[true,"on"]}""", ""","staleAfter":{"after":"30s","variant":null}""");
        Assert.Equal((AnswerReason.Stale, null), await AskAsync(silent));
    }

    [Fact]
    public async Task Before_its_time_a_flag_answers_the_off_variant()
    {
        var flag = Rule("""{"if":[true,"on"]}""", $$""","offVariant":"off","activateAt":"{{_clock.Now.AddMinutes(1):O}}" """);
        Assert.Equal((AnswerReason.Default, "off"), await AskAsync(flag));

        _clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal((AnswerReason.TargetingMatch, "on"), await AskAsync(flag));
    }

    [Fact]
    public async Task A_prerequisite_must_answer_the_wanted_variant()
    {
        var flag = Rule("""{"if":[true,"on"]}""", ""","prerequisites":[{"flag":"base","variant":"on"}]""");
        var met = Rule($$"""{"if":[{{True}},"on"]}""");

        Assert.Equal((AnswerReason.TargetingMatch, "on"), await AskAsync(flag, ("base", met)));
        Assert.Equal((AnswerReason.Default, null), await AskAsync(flag, ("base", Rule(Null))));
        Assert.Equal((AnswerReason.Default, null), await AskAsync(flag));
    }

    [Fact]
    public async Task A_prerequisite_that_the_table_evaluates_is_asked_of_the_table()
    {
        var flag = Rule("""{"if":[true,"on"]}""", ""","prerequisites":[{"flag":"base","variant":"on"}]""");
        var plain = DefinitionParser.Parse(System.Text.Encoding.UTF8.GetBytes(TestNode.Bool)).Definition!;

        Assert.Equal((AnswerReason.TargetingMatch, "on"), await AskAsync(flag, ("base", plain)));
    }

    [Fact]
    public async Task Prerequisites_in_a_circle_end()
    {
        var flag = Rule("""{"if":[true,"on"]}""", ""","prerequisites":[{"flag":"flag","variant":"on"}]""");

        Assert.Equal((AnswerReason.Default, null), await AskAsync(flag));
    }

    [Fact]
    public async Task A_ramp_takes_its_share_and_keeps_whom_it_has()
    {
        var ramp = Rule(Null, $$""","ramp":{"variant":"on","from":0,"to":100,"start":"{{_clock.Now:O}}","end":"{{_clock.Now.AddHours(1):O}}"}""");
        var keys = Enumerable.Range(0, 400).Select(i => $"user{i}").ToArray();
        var before = new HashSet<string>();
        foreach (var (minutes, low, high) in new[] { (0, 0, 0), (15, 60, 140), (30, 160, 240), (60, 400, 400) })
        {
            var now = _clock.Now;
            _clock.Now += TimeSpan.FromMinutes(minutes);
            var inside = new HashSet<string>();
            foreach (var key in keys)
            {
                var (reason, variant) = await AskAsync(ramp, $$"""{"targetingKey":"{{key}}"}""");
                Assert.Equal(reason == AnswerReason.Split ? "on" : "off", variant);
                if (reason == AnswerReason.Split)
                    inside.Add(key);
            }

            Assert.InRange(inside.Count, low, high);
            Assert.Superset(before, inside);
            (before, _clock.Now) = (inside, now);
        }

        _clock.Now += TimeSpan.FromHours(2);
        Assert.Equal((AnswerReason.Default, "off"), await AskAsync(ramp, "{}"));
    }

    [Fact]
    public async Task Many_callers_at_once_get_each_their_own_answer()
    {
        var flag = Rule("""{"if":[{"some":[{"var":"roles"},{"==":[{"var":""},"admin"]}]},"on","off"]}""");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(
            async () =>
            {
                for (var i = 0; i < 200; i++)
                {
                    var isAdmin = (i + worker) % 3 == 0;
                    Assert.Equal((AnswerReason.TargetingMatch, isAdmin ? "on" : "off"), await AskAsync(flag, $$"""{"roles":["{{(isAdmin ? "admin" : "user")}}"]}"""));
                }
            }, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task The_rules_of_one_request_have_their_time_together()
    {
        var flags = FlagSet.Restore(7, [new Flag("flag", 7, Rule("""{"if":[true,"on"]}"""))]);

        var late = await _evaluation.EvaluateAsync(new Inquiry(flags, Caller.Nobody, RulesUntil: _clock.GetTimestamp() - 1), flags.Flags["flag"],
            static (_, _) => null, TestContext.Current.CancellationToken);

        Assert.Contains("used up", Assert.IsType<FlagResult.Failed>(late).Details, StringComparison.Ordinal);
    }

    private static FlagDefinition Rule(string targeting, string more = "") => HttpOnlyFlags.Rule(targeting, more);

    private Task<(AnswerReason, string?)> AskAsync(FlagDefinition definition, params (string, FlagDefinition)[] others) => AskAsync(definition, "{}", others);

    private async Task<(AnswerReason, string?)> AskAsync(FlagDefinition definition, string context, params (string, FlagDefinition)[] others)
    {
        var given = Assert.IsType<FlagResult.Given>(await ResultAsync(definition, context, others));
        return (given.Reason, given.Variant is { } index ? definition.Variants[index].Name : null);
    }

    private async Task<string> FailAsync(FlagDefinition definition) => Assert.IsType<FlagResult.Failed>(await ResultAsync(definition, "{}")).Details;

    private async Task<FlagResult?> ResultAsync(FlagDefinition definition, string context, params (string Key, FlagDefinition Definition)[] others)
    {
        var flag = new Flag("flag", 7, definition);
        var flags = FlagSet.Restore(7, [flag, .. others.Select(other => new Flag(other.Key, 7, other.Definition))]);
        var (caller, _) = ContextReader.Read(JsonDocument.Parse(context).RootElement);
        return await _evaluation.EvaluateAsync(new Inquiry(flags, caller!, long.MaxValue), flag,
            static (_, asked) => new FlagResult.Given(asked, AnswerReason.Static, asked.Definition.DefaultVariant), TestContext.Current.CancellationToken);
    }

    /// <summary>A clock that stands still until it is set.</summary>
    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 12, 1, 9, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
