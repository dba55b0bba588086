using System.Text.Json;
using Fabric.Language.Tests.Generator;
using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Oracle;

/// <summary>Each place where docs/flag-language.md departs from flagd's JavaScript core, by an example that shows it.</summary>
public sealed class DepartureTests(FlagdProcess flagd) : IClassFixture<FlagdProcess>
{
    /// <summary>Of each departure: a rule, a caller who has a key, and what the document says that the answer is.</summary>
    private static readonly (Departure Departure, string Rule, string Attributes, string? Variant)[] Examples =
    [
        (Departure.NullSeed, """{"fractional":[{"var":"none"},["on",1]]}""", "{}", "on"),
        (Departure.ListSeed, """{"fractional":[{"var":"list"},["on",1],["off",1]]}""", """{"list":["off",5]}""", "default"),
        (Departure.ListVariant, """{"fractional":[[{"var":"list"},0],["on",1]]}""", """{"list":[1]}""", "on"),
        (Departure.NullWeight, """{"fractional":[["on",{"var":"none"}]]}""", "{}", "on"),
        (Departure.NonAsciiHashed, """{"fractional":[{"var":"a"},["on",1],["off",1]]}""", """{"a":"größe"}""", "off"),
        (Departure.MissingNull, """{"if":[{"missing":["a"]},"on","off"]}""", """{"a":null}""", "on"),
        (Departure.DefaultForNull, """{"if":[{"===":[{"var":["a","x"]},"x"]},"on","off"]}""", """{"a":null}""", "on"),
        (Departure.InsideOfScalar, """{"if":[{"===":[{"var":"a.0"},null]},"on","off"]}""", """{"a":"x"}""", "on"),
        (Departure.IntegersOnly, """{"if":[{"==":[{"+":[{"var":"a"},1]},2.5]},"on","off"]}""", """{"a":1.5}""", null),
        (Departure.ListCalculated, """{"if":[{"==":[{"+":[{"var":"a"}]},3]},"on","off"]}""", """{"a":[1,2]}""", null),
        (Departure.NumberRefused, """{"if":[{"==":[{"var":"a"},16]},"on","off"]}""", """{"a":"0x10"}""", null),
        (Departure.TextRefused, """{"if":[{"in":[{"var":"a"},"1,2"]},"on","off"]}""", """{"a":[1,2]}""", null),
        (Departure.NullWritten, """{"fractional":[{"cat":[{"var":"none"}]},["on",1]]}""", "{}", "on"),
        (Departure.NeverSame, """{"if":[{"===":[{"var":"a"},{"var":"a"}]},"on","off"]}""", """{"a":[1]}""", "off"),
        (Departure.EmptyObject, """{"if":[{"var":"a"},"on","off"]}""", """{"a":{}}""", "on"),
        (Departure.ListNegated, """{"if":[{"!":[{"var":"a"}]},"on","off"]}""", """{"a":[0]}""", "off"),
        (Departure.LooseVersion, """{"if":[{"sem_ver":[{"var":"a"},"=","1.2.3"]},"on","off"]}""", """{"a":" 1.2.3 "}""", "off"),
        (Departure.ResultAsText, """{"var":"a"}""", """{"a":["on"]}""", null),
        (Departure.ConstantFails, """{"if":[{"var":"a"},"on",{"<":["x",1]}]}""", """{"a":true}""", "on"),
        (Departure.LongTargetingKey, """{"if":[{"var":"targetingKey"},"on","off"]}""", "{}", "off"),
    ];

    public static TheoryData<string> Departures() => [.. Enum.GetNames<Departure>()];

    [Theory]
    [MemberData(nameof(Departures))]
    public async Task The_document_departs_fromflagd(string name)
    {
        var (departure, rule, attributes, variant) = Assert.Single(Examples, example => example.Departure.ToString() == name);
        var world = World.Of(Host.Plain, ("f", $$"""{"state":"ENABLED","variants":{"on":true,"off":false,"default":true},"defaultVariant":"default","targeting":{{rule}}}"""));
        var question = new Question("f", departure == Departure.LongTargetingKey ? new string('k', 256) : "ann", JsonElement.Parse(attributes), new Moment(Worlds.Epoch));
        using var model = new ModelEvaluator();

        model.Load(world);
        var answer = model.Ask([question])[0];
        var (interpreting, compiling) = await flagd.AskAsync(world, [question]);

        Assert.Equal(variant, answer.Variant);
        Assert.Equal([departure], model.Seen.Departures);
        Assert.True(answer != interpreting[0].AsAnswer() || answer != compiling[0].AsAnswer(), $"flagd answers {answer}, too");
    }
}
