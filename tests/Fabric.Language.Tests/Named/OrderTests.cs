using System.Text.Json;
using Fabric.Language.Tests.Generator;

namespace Fabric.Language.Tests.Named;

/// <summary>The order of an answer, and Fabric's own fields, by name.</summary>
public sealed class OrderTests(Evaluators evaluators) : IClassFixture<Evaluators>
{
    private const ulong Second = 1_000_000_000;
    private const string Stale = "\"staleAfter\":{\"after\":\"30s\",\"variant\":\"c\"}";
    private const string ToCome = "\"activateAt\":\"2026-12-01T09:00:01Z\",\"offVariant\":\"b\"";
    private const string Unmet = "\"prerequisites\":[{\"flag\":\"other\",\"variant\":\"off\"}],\"offVariant\":\"b\"";
    private const string Met = "\"prerequisites\":[{\"flag\":\"other\",\"variant\":\"on\"}],\"offVariant\":\"b\"";
    private const string Everybody = "\"ramp\":{\"variant\":\"d\",\"from\":100,\"to\":100,\"start\":\"2026-12-01T09:00:00Z\",\"end\":\"2026-12-01T10:00:00Z\"}";
    private const string NoOne = "\"ramp\":{\"variant\":\"d\",\"from\":0,\"to\":0,\"start\":\"2026-12-01T09:00:00Z\",\"end\":\"2026-12-01T10:00:00Z\"}";
    private const string NoBuild = "\"requiresBuild\":[\"00112233\"]";
    private const string Default = "\"defaultVariant\":\"a\"";

    /// <summary>What the definition has beside variants, the seconds of silence, and the answer.</summary>
    private static readonly (string Name, string Fields, ulong Silence, string? Variant, Reason Reason)[] Cases =
    [
        ("disabled goes before all", $"\"state\":\"DISABLED\",{Default},{Stale},{ToCome}", 31, null, Reason.Disabled),
        ("disabled goes before a missing build", $"\"state\":\"DISABLED\",{Default},{NoBuild}", 0, null, Reason.Disabled),
        ("a missing build goes before staleness and all that follows", $"{Default},{Stale},{ToCome},{Everybody},{NoBuild}", 31, null, Reason.Default),
        ("one build of several is enough", $"{Default},\"requiresBuild\":[\"00112233\",\"8899aabb\"]", 0, "a", Reason.Static),
        ("staleness goes before activation", $"{Default},{Stale},{ToCome}", 31, "c", Reason.Stale),
        ("staleness begins after its time", $"{Default},{Stale}", 30, "a", Reason.Static),
        ("staleness may leave the program its default", $"{Default},\"staleAfter\":{{\"after\":\"1m\",\"variant\":null}}", 61, null, Reason.Stale),
        ("activation goes before targeting", $"{Default},{ToCome},\"targeting\":{{\"if\":[true,\"d\"]}}", 0, "b", Reason.Default),
        ("activation without an offVariant leaves the program its default", $"{Default},\"activateAt\":\"2026-12-01T09:00:01Z\"", 0, null, Reason.Default),
        ("activation is over at its time", $"{Default},\"activateAt\":\"2026-12-01T10:00:00+01:00\",\"offVariant\":\"b\"", 0, "a", Reason.Static),
        ("an unmet prerequisite goes before targeting", $"{Default},{Unmet},\"targeting\":{{\"if\":[true,\"d\"]}}", 0, "b", Reason.Default),
        ("a met prerequisite lets targeting decide", $"{Default},{Met},\"targeting\":{{\"if\":[true,\"d\"]}}", 0, "d", Reason.TargetingMatch),
        ("targeting goes before the ramp", $"{Default},{Everybody},\"targeting\":{{\"if\":[true,\"c\"]}}", 0, "c", Reason.TargetingMatch),
        ("targeting that fails goes before the ramp", $"{Default},{Everybody},\"targeting\":{{\"var\":\"word\"}}", 0, null, Reason.Error),
        ("targeting that gives a number fails", $"{Default},\"targeting\":{{\"var\":\"one\"}}", 0, null, Reason.Error),
        ("targeting that gives true names the variant true", $"{Default},\"targeting\":{{\"var\":\"yes\"}}", 0, "true", Reason.TargetingMatch),
        ("a ramp takes those whom targeting leaves", $"{Default},{Everybody},\"targeting\":{{\"if\":[false,\"c\"]}}", 0, "d", Reason.Split),
        ("a ramp leaves the others the default", $"{Default},{NoOne}", 0, "a", Reason.Default),
        ("targeting that decides nothing leaves the default", $"{Default},\"targeting\":{{\"if\":[false,\"c\"]}}", 0, "a", Reason.Default),
        ("an empty rule is none", $"{Default},\"targeting\":{{}}", 0, "a", Reason.Static),
        ("without a default the program has its own", "\"metadata\":{}", 0, null, Reason.Default),
        ("a null default is none", "\"defaultVariant\":null", 0, null, Reason.Default),
    ];

    public static TheoryData<string, string> Each()
    {
        var all = new TheoryData<string, string>();
        foreach (var name in Evaluators.Names)
        {
            foreach (var one in Cases)
                all.Add(one.Name, name);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void An_answer_comes_about_in_order(string name, string evaluator)
    {
        var (_, fields, silence, variant, reason) = Assert.Single(Cases, one => one.Name == name);
        var state = fields.Contains("\"state\"", StringComparison.Ordinal) ? "" : "\"state\":\"ENABLED\",";
        var world = World.Of(
            Host.Plain with { Builds = ["8899aabb"] },
            ("f", $$$"""{{{{state}}}{{{fields}}},"variants":{"a":1,"b":2,"c":3,"d":4,"true":5}}"""),
            ("other", """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}"""));
        var asked = evaluators[evaluator];
        asked.Load(world);

        var moment = new Moment(Worlds.Epoch, silence * Second);
        Assert.Equal(new Answer(variant, reason), asked.Ask([new Question("f", "ann", JsonElement.Parse("""{"word":"nobody","one":1,"yes":true}"""), moment)])[0]);
        Assert.Equal(new Answer(null, Reason.NotFound), asked.Ask([new Question("nobody's", "ann", JsonElement.Parse("{}"), moment)])[0]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_salt_stands_for_the_key_wherever_it_is_hashed(string evaluator)
    {
        var asked = evaluators[evaluator];
        const string rule = "\"state\":\"ENABLED\",\"variants\":{\"a\":1,\"b\":2},\"targeting\":{\"fractional\":[[\"a\",50],[\"b\",50]]}";
        const string ramp = "\"state\":\"ENABLED\",\"variants\":{\"a\":1,\"b\":2},\"defaultVariant\":\"b\",\"ramp\":{\"variant\":\"a\",\"from\":50,\"to\":50,\"start\":\"2026-12-01T09:00:00Z\",\"end\":\"2026-12-01T10:00:00Z\"}";
        asked.Load(World.Of(Host.Plain, ("f", $"{{{rule}}}"), ("g", $"{{{rule}}}"), ("h", $"{{{rule},\"salt\":\"f\"}}"), ("i", $"{{{ramp},\"salt\":\"f\"}}")));

        string?[][] answers = [.. ((string[])["f", "g", "h", "i"]).Select(flag => asked.Ask(
            [.. Enumerable.Range(0, 500).Select(key => new Question(flag, $"user-{key}", JsonElement.Parse("{}"), new Moment(Worlds.Epoch)))])
            .Select(static answer => answer.Variant).ToArray())];
        Assert.NotEqual(answers[0], answers[1]);
        Assert.Equal(answers[0], answers[2]);
        Assert.Equal(answers[0], answers[3]);
    }

    public static TheoryData<string> Names() => [.. Evaluators.Names];
}
