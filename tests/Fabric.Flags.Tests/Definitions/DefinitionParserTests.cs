using System.Text;
using System.Text.Json;
using Fabric.Flags.Definitions;

namespace Fabric.Flags.Tests.Definitions;

public sealed class DefinitionParserTests
{
    private const string Head = """ "state":"ENABLED","variants":{"on":true,"off":false} """;

    [Fact]
    public void A_definition_is_read_whole_and_kept_without_white_space()
    {
        var definition = Parse("""
            { "state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off",
              "targeting": {"fractional": [["on", 25], ["off", 75.0]]}, "metadata": {"team": "checkout"} }
            """);

        Assert.Equal(FlagState.Enabled, definition.State);
        Assert.Equal(FlagType.Boolean, definition.Type);
        Assert.Equal([new Variant("on", "true"), new Variant("off", "false")], definition.Variants);
        Assert.Equal(1, definition.DefaultVariant);
        Assert.Equal([new Bucket(0, 25), new Bucket(1, 75)], definition.Rollout!.Buckets);
        Assert.Equal(100u, definition.Rollout.TotalWeight);
        Assert.Equal(
            """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"fractional":[["on",25],["off",75.0]]},"metadata":{"team":"checkout"}}""",
            Encoding.UTF8.GetString(definition.Json.Span));
    }

    [Theory]
    [InlineData("""{"state":"ENABLED","variants":{"a":"x"}}""", FlagType.String)]
    [InlineData("""{"state":"ENABLED","variants":{"a":1,"b":2.5}}""", FlagType.Number)]
    [InlineData("""{"state":"DISABLED","variants":{"a":{"x":[1]}}}""", FlagType.Object)]
    [InlineData("""{"state":"ENABLED","variants":{"a":true,"b":false},"defaultVariant":null,"targeting":{}}""", FlagType.Boolean)]
    public void Every_type_of_variant_is_taken(string json, FlagType type)
    {
        var definition = Parse(json);

        Assert.Equal((type, null, null), (definition.Type, definition.DefaultVariant, definition.Rollout));
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("{", "not valid JSON")]
    [InlineData("[]", "a definition is a JSON object, not an array")]
    [InlineData("""{"state":"ENABLED","state":"ENABLED","variants":{"a":true}}""", "not valid JSON")]
    [InlineData("""{"state":"ENABLED","variants":{"a":"\ud800"}}""", "")]
    [InlineData("{}", "/state: missing")]
    [InlineData("{}", "/variants: missing")]
    [InlineData("""{"state":"on","variants":{"a":true}}""", "/state: must be")]
    [InlineData("""{"state":"ENABLED","variants":{}}""", "/variants: a flag has at least one variant")]
    [InlineData("""{"state":"ENABLED","variants":{"":true}}""", "/variants/: a variant's name must not be empty")]
    [InlineData("""{"state":"ENABLED","variants":{"a":null}}""", "/variants/a: a variant's value is")]
    [InlineData("""{"state":"ENABLED","variants":{"a":true,"b":"x"}}""", "/variants/b: all variants have one type")]
    [InlineData("{" + Head + ""","defaultVariant":"maybe"}""", "/defaultVariant: names \"maybe\"")]
    [InlineData("{" + Head + ""","defaultVariant":true}""", "/defaultVariant: must be the name")]
    [InlineData("{" + Head + ""","defualtVariant":"on"}""", "/defualtVariant: unknown field; did you mean \"defaultVariant\"?")]
    [InlineData("{" + Head + ""","Targeting":{}}""", "/Targeting: unknown field; did you mean \"targeting\"?")]
    [InlineData("{" + Head + ""","rampe":{}}""", "/rampe: unknown field; did you mean \"ramp\"?")]
    [InlineData("{" + Head + ""","metadata":{"a":[1]}}""", "/metadata/a: a metadata value")]
    [InlineData("{" + Head + ""","targeting":[]}""", "/targeting: must be an object")]
    [InlineData("{" + Head + ""","targeting":{"fractional":[]}}""", "/targeting/fractional: must be a non-empty array")]
    [InlineData("{" + Head + ""","targeting":{"fractional":[["maybe",1]]}}""", "/targeting/fractional/0/0: names \"maybe\"")]
    [InlineData("{" + Head + ""","targeting":{"fractional":[["on",-1]]}}""", "/targeting/fractional/0/1: a weight is a whole number")]
    [InlineData("{" + Head + ""","targeting":{"fractional":[["on",0.5]]}}""", "/targeting/fractional/0/1: a weight is a whole number")]
    [InlineData("{" + Head + ""","targeting":{"fractional":[["on","25"]]}}""", "/targeting/fractional/0/1: a weight is a whole number")]
    [InlineData("{" + Head + ""","targeting":{"fractional":[["on",1e999]]}}""", "/targeting/fractional/0/1: a weight is a whole number")]
    [InlineData("{" + Head + ""","targeting":{"fractional":[["on",2147483647],["off",1]]}}""", "/targeting/fractional: the weights' sum is at most 2147483647")]
    [InlineData("{" + Head + ""","targeting":{"fractional":[["on",0]]}}""", "/targeting/fractional: the weights' sum is 0")]
    [InlineData("{" + Head + ""","targeting":{"fractional":[["on",1,2]]}}""", "/targeting/fractional/0: must be [variant]")]
    [InlineData("{" + Head + ""","targeting":{"fractional":["on",1]}}""", "/targeting/fractional/0: must be [variant, weight], or a rule")]
    public void What_is_wrong_is_refused_with_its_place(string json, string reason)
    {
        var (definition, problems) = DefinitionParser.Parse(Encoding.UTF8.GetBytes(json));

        Assert.Null(definition);
        Assert.Contains(problems, problem => problem.ToString().StartsWith(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once()
    {
        var (_, problems) = DefinitionParser.Parse("""{"state":1,"variants":{"a":true,"b":1},"defaultVariant":"c","metaData":{}}"""u8.ToArray());

        Assert.Equal(["/defaultVariant", "/metaData", "/state", "/variants/b"], problems.Select(static problem => problem.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void More_variants_buckets_or_bytes_than_the_bounds_are_refused()
    {
        var variants = string.Join(",", Enumerable.Range(0, 65).Select(static i => $"\"v{i}\":true"));
        var buckets = string.Join(",", Enumerable.Range(0, 65).Select(static _ => "[\"on\",1]"));
        string[] large =
        [
            $$$"""{"state":"ENABLED","variants":{{{{variants}}}}}""",
            "{" + Head + ",\"targeting\":{\"fractional\":[" + buckets + "]}}",
            $$$"""{"state":"ENABLED","variants":{"a":"{{{new string('x', Limits.DefinitionBytes)}}}"}}""",
        ];

        Assert.All(large, static json => Assert.Single(DefinitionParser.Parse(Encoding.UTF8.GetBytes(json)).Problems));
    }

    [Fact]
    public void A_document_that_was_read_before_is_refused_like_bytes()
    {
        using var document = JsonDocument.Parse("""{"state":"ENABLED","variants":{"a":"\ud800"},"defaultVariant":"\udc00"}""");

        Assert.NotEmpty(DefinitionParser.Parse(document.RootElement).Problems);
    }

    private static FlagDefinition Parse(string json)
    {
        var (definition, problems) = DefinitionParser.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Empty(problems);
        return definition!;
    }

    /// <summary>What is stored is read with this bound: what passed here and not there was a disabled flag on every host.</summary>
    [Theory]
    [InlineData(31, true)]
    [InlineData(32, false)]
    public void A_definition_inside_a_larger_document_is_as_shallow_as_one_by_itself(int levels, bool accepted)
    {
        var deep = string.Concat(Enumerable.Repeat("{\"!\":[", levels / 2)) + "1" + string.Concat(Enumerable.Repeat("]}", levels / 2));
        var json = $$"""{"state":"ENABLED","variants":{"on":true},"targeting":{{(levels % 2 == 0 ? deep : $$"""{"!":{{deep}}}""")}}}""";
        using var document = System.Text.Json.JsonDocument.Parse($$"""{"inner":{{json}}}""", new() { MaxDepth = 100 });

        Assert.Equal(accepted, DefinitionParser.Parse(document.RootElement.GetProperty("inner")).Definition is not null);
        Assert.Equal(accepted, DefinitionParser.Parse(System.Text.Encoding.UTF8.GetBytes(json)).Definition is not null);
    }

    [Fact]
    public void A_name_that_is_half_of_a_surrogate_pair_is_a_problem_and_no_exception() =>
        Assert.NotEmpty(DefinitionParser.Parse("""{"state":"ENABLED","\ud800":1,"variants":{"on":true}}"""u8.ToArray()).Problems);
}
