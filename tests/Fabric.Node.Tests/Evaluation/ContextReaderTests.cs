using System.Text.Json;
using Fabric.Bpf.Evaluation;
using Fabric.Node.Evaluation;

namespace Fabric.Node.Tests.Evaluation;

public sealed class ContextReaderTests
{
    [Fact]
    public void Each_kind_of_value_becomes_a_fact()
    {
        Assert.Equal(
        [
            new CallerFact("yes", FactType.Boolean, 1),
            new CallerFact("no", FactType.Boolean),
            new CallerFact("nothing", FactType.Null),
            new CallerFact("text", FactType.String, Text: "a"),
            new CallerFact("whole", FactType.Integer, 3),
            new CallerFact("part", FactType.Double, Number: 0.5),
        ], Facts("""{"yes":true,"no":false,"nothing":null,"text":"a","whole":3,"part":0.5}"""));
    }

    [Theory]
    [InlineData("3.0", 3)]
    [InlineData("-0.0", 0)]
    [InlineData("1e3", 1000)]
    [InlineData("9007199254740992", 9007199254740992)]
    [InlineData("-9007199254740992", -9007199254740992)]
    public void A_whole_number_is_an_integer_however_it_is_written(string number, long value) =>
        Assert.Equal([new CallerFact("n", FactType.Integer, value)], Facts($$"""{"n":{{number}}}"""));

    [Fact]
    public void A_number_beyond_the_whole_ones_of_a_double_stays_a_double() =>
        Assert.Equal([new CallerFact("n", FactType.Double, Number: 1e300)], Facts("""{"n":1e300}"""));

    [Fact]
    public void What_stands_in_an_object_gets_its_dotted_name_and_the_object_is_a_fact_too() => Assert.Equal(
    [
        new CallerFact("user", FactType.Object),
        new CallerFact("user.plan", FactType.Object),
        new CallerFact("user.plan.name", FactType.String, Text: "pro"),
        new CallerFact("user.age", FactType.Integer, 7),
    ], Facts("""{"user":{"plan":{"name":"pro"},"age":7}}"""));

    [Fact]
    public void A_list_is_a_fact_followed_by_its_elements_which_have_names_too() => Assert.Equal(
    [
        new CallerFact("roles", FactType.List, 3),
        new CallerFact(null, FactType.String, Text: "a"),
        new CallerFact(null, FactType.List),
        new CallerFact(null, FactType.Object),
        new CallerFact("roles.0", FactType.String, Text: "a"),
        new CallerFact("roles.1", FactType.List, 1),
        new CallerFact(null, FactType.Integer, 1),
        new CallerFact("roles.1.0", FactType.Integer, 1),
        new CallerFact("roles.2", FactType.Object),
        new CallerFact("roles.2.x", FactType.Boolean, 1),
    ], Facts("""{"roles":["a",[1],{"x":true}]}"""));

    [Fact]
    public void A_name_that_no_rule_can_reach_is_left_out()
    {
        var name = new string('n', 256);

        Assert.Equal([new CallerFact("a", FactType.Object), new CallerFact("b", FactType.Integer, 1)],
            Facts($$"""{"":1,"x.y":1,"b\u0000":2,"{{name}}":1,"a":{"":2,"c.d":2},"b":1}"""));
    }

    [Fact]
    public void What_no_caller_can_overwrite_is_no_fact()
    {
        var (caller, _) = Read("""{"targetingKey":"u","$flagd":{"flagKey":"other"},"inner":{"targetingKey":"kept"}}""");

        Assert.Equal("u", caller!.Facts.TargetingKey);
        Assert.Equal(["inner", "inner.targetingKey"], caller.Facts.Attributes.Select(fact => fact.Name));
    }

    [Fact]
    public void A_targeting_key_of_more_than_255_bytes_counts_as_none()
    {
        Assert.Equal(new string('k', 255), Read($$"""{"targetingKey":"{{new string('k', 255)}}"}""").Caller!.Facts.TargetingKey);
        Assert.Null(Read($$"""{"targetingKey":"{{new string('ä', 128)}}"}""").Caller!.Facts.TargetingKey);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"targetingKey":null}""")]
    public void Nobody_in_particular_may_ask(string context) => Assert.Equal((null, 0), (Read(context).Caller!.Facts.TargetingKey, Read(context).Caller!.Facts.Attributes.Length));

    [Theory]
    [InlineData("[]", "context must be an object")]
    [InlineData("\"u\"", "context must be an object")]
    [InlineData("""{"targetingKey":5}""", "context.targetingKey must be a string")]
    [InlineData("""{"targetingKey":"a\u0000"}""", "context.targetingKey must not contain U+0000, which ends a text in C")]
    [InlineData("""{"targetingKey":{}}""", "context.targetingKey must be a string")]
    [InlineData("""{"a":{"b":1e999}}""", "context.a.b is a number that no double holds")]
    public void What_is_no_context_is_said_in_words(string context, string problem)
    {
        var (caller, said) = Read(context);

        Assert.Null(caller);
        Assert.Equal(problem, said);
    }

    [Fact]
    public void Facts_and_texts_are_bounded()
    {
        Assert.Equal(4096, Facts(Many(4096)).Length);
        Assert.Contains("4096 facts", Read(Many(4097)).Problem, StringComparison.Ordinal);
        Assert.Single(Facts($$"""{"a":"{{new string('a', 65_535)}}"}"""));
        Assert.Contains("65535 bytes", Read($$"""{"a":"{{new string('a', 65_536)}}"}""").Problem, StringComparison.Ordinal);

        static string Many(int count) => "{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"n{i}\":1")) + "}";
    }

    private static CallerFact[] Facts(string context) => [.. Read(context).Caller!.Facts.Attributes];

    private static (Caller? Caller, string? Problem) Read(string context) => ContextReader.Read(JsonDocument.Parse(context).RootElement);
}
