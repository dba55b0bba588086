using System.Collections.Immutable;
using System.Text.Json;
using Fabric.Flags.Targeting;

namespace Fabric.Flags.Tests.Targeting;

public sealed class EvaluatorReferencesTests
{
    private const string Evaluators = """
        {
          "staff": {"ends_with": [{"var": "email"}, "@example.com"]},
          "nested": {"and": [{"$ref": "staff"}, true]},
          "unused": {"var": "a"}
        }
        """;

    [Fact]
    public void A_reference_becomes_the_shared_rule_wherever_it_stands()
    {
        var (text, problems) = Expand("""{"if":[{"$ref":"staff"},"on",{"and":[{"$ref":"staff"},"off"]}]}""");

        const string staff = """{"ends_with":[{"var":"email"},"@example.com"]}""";
        Assert.Empty(problems);
        Assert.Equal($$"""{"if":[{{staff}},"on",{"and":[{{staff}},"off"]}]}""", text);
    }

    [Fact]
    public void A_rule_without_references_stays_as_it_is() => Assert.Equal("""{"var":"$ref"}""", Expand("""{"var":"$ref"}""").Text);

    [Theory]
    [InlineData("""{"if":[{"$ref":"gone"},"on"]}""", "/flags/f/targeting/if/0/$ref: \"gone\" is not among the file's $evaluators")]
    [InlineData("""{"$ref":"nested"}""", "/flags/f/targeting/$ref: the shared rule \"nested\" refers to another one")]
    public void A_reference_that_cannot_be_replaced_is_named_with_its_place(string targeting, string reason)
    {
        var problem = Assert.Single(Expand(targeting).Problems);

        Assert.StartsWith(reason, problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void References_that_make_a_rule_endless_are_refused()
    {
        var large = JsonDocument.Parse($$"""{"in":["{{new string('x', 30_000)}}",["a"]]}""").RootElement;
        var rule = JsonDocument.Parse($$"""{"or":[{{string.Join(',', Enumerable.Repeat("{\"$ref\":\"large\"}", 10_000))}}]}""").RootElement;
        var problems = ImmutableArray.CreateBuilder<Problem>();
        EvaluatorReferences.Expand(rule, new Dictionary<string, JsonElement> { ["large"] = large }, "/targeting", problems);

        Assert.StartsWith("/targeting: with its references replaced", Assert.Single(problems).ToString(), StringComparison.Ordinal);
    }

    private static (string Text, IReadOnlyList<Problem> Problems) Expand(string targeting)
    {
        var evaluators = JsonDocument.Parse(Evaluators).RootElement.EnumerateObject()
            .ToDictionary(static property => property.Name, static property => property.Value);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var expanded = EvaluatorReferences.Expand(JsonDocument.Parse(targeting).RootElement, evaluators, "/flags/f/targeting", problems);
        return (JsonSerializer.Serialize(expanded).Replace(" ", "", StringComparison.Ordinal), problems);
    }
}
