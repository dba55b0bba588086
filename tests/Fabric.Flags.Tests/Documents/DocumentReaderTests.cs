using System.Text;
using Fabric.Flags.Documents;

namespace Fabric.Flags.Tests.Documents;

public sealed class DocumentReaderTests
{
    private const string Bool = """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}""";

    [Fact]
    public void Flags_of_an_object_and_of_a_list_are_the_same()
    {
        var map = Read("""{"$schema":"https://flagd.dev/schema/v0/flags.json","flags":{"b":BOOL,"a":BOOL}}""");
        var list = Read("""{"flags":[{"key":"b",FIELDS},{FIELDS,"key":"a"}]}""");
        Assert.Equal(["b", "a"], map.Flags.Select(flag => flag.Key));
        Assert.Equal(["b", "a"], list.Flags.Select(flag => flag.Key));
        Assert.All(map.Flags.Concat(list.Flags), flag => Assert.Equal(Bool, JsonOf(flag)));
        Assert.Equal(["/flags/0", "/flags/1"], list.Flags.Select(flag => flag.Place));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("{", "")]
    [InlineData("[]", "")]
    [InlineData("{}", "/flags")]
    [InlineData("""{"flags":5}""", "/flags")]
    [InlineData("""{"flags":{"a":{},"a":{}}}""", "")]
    [InlineData("""{"flags":[{"key":"a"},{"key":"b"},{"key":"a"}]}""", "/flags/2/key")]
    [InlineData("""{"flags":{},"$evaluators":[]}""", "/$evaluators")]
    [InlineData("""{"flags":{},"$evaluators":{"":{"var":"a"}}}""", "/$evaluators/")]
    [InlineData("""{"flags":{},"$evaluators":{"x/y":{}}}""", "/$evaluators/x~1y")]
    [InlineData("""{"flags":{},"$evaluators":{"x":"text"}}""", "/$evaluators/x")]
    [InlineData("""{"flags":{},"metadata":"text"}""", "/metadata")]
    [InlineData("""{"flags":{},"metadata":{"owner":null}}""", "/metadata/owner")]
    [InlineData("""{"flags":{},"metadata":{"version":2}}""", "/metadata/version")]
    [InlineData("""{"flags":{"\ud800":{}}}""", "")]
    [InlineData("""{"flags":{"a":{"state":"ENABLED","variants":{"o":{"deep":"\ud800"}}}}}""", "")]
    public void What_is_wrong_with_the_file_itself_is_apart_from_its_flags(string text, string place)
    {
        var document = Read(text);
        Assert.Empty(document.Flags);
        Assert.Equal(place, Assert.Single(document.Problems).Path);
    }

    [Fact]
    public void A_field_at_the_top_that_nobody_knows_is_ignored() =>
        Assert.Equal(Bool, JsonOf(Assert.Single(Read("""{"team":[1],"flags":{"a":BOOL}}""").Flags)));

    [Fact]
    public void Problems_have_their_places_in_the_file()
    {
        var document = Read("""
            {"flags":{"sound":BOOL,
                      "a~b":{"state":"MAYBE","variants":{"on":true,"off":1}},
                      "x/y":BOOL,
                      "text":"text"}}
            """);
        Assert.Empty(document.Problems);
        Assert.Equal(["", "/flags/a~0b/state /flags/a~0b/variants/off", "/flags/x~1y", "/flags/text"], document.Flags.Select(PlacesOf));
        Assert.Equal([true, false, false, false], document.Flags.Select(flag => flag.Definition is not null));
    }

    [Fact]
    public void A_listed_flag_needs_a_key_that_can_be_one() =>
        Assert.Equal(["/flags/0/key", "/flags/1/key", "/flags/2/key", "/flags/3"],
            Read("""{"flags":[BOOL,{"key":5,FIELDS},{"key":"a/b",FIELDS},7]}""").Flags.Select(PlacesOf));

    [Fact]
    public void Shared_rules_are_put_where_flags_refer_to_them_and_said_so()
    {
        var flag = Assert.Single(Read("""
            {"flags":{"a":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off",
                           "targeting":{"if":[{"$ref":"staff"},"on"]}}},
             "$evaluators":{"staff":{"ends_with":[{"var":"email"},"@example.com"]}}}
            """).Flags);
        Assert.Contains("""{"if":[{"ends_with":[{"var":"email"},"@example.com"]},"on"]}""", JsonOf(flag), StringComparison.Ordinal);
        Assert.Contains("\"staff\" was put at /targeting/if/0", Assert.Single(flag.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_problem_inside_of_a_shared_rule_is_where_the_rule_stands()
    {
        var flag = Assert.Single(Read("""
            {"flags":{"a":{"state":"ENABLED","variants":{"on":true,"off":false},"targeting":{"if":[{"$ref":"odd"},"gone"]}}},
             "$evaluators":{"odd":{"starts_with":[1]}}}
            """).Flags);
        Assert.Contains("/$evaluators/odd/starts_with", PlacesOf(flag), StringComparison.Ordinal);
        Assert.Null(flag.Definition);
    }

    [Fact]
    public void A_reference_that_leads_nowhere_is_named_once_where_it_stands()
    {
        var flag = Assert.Single(Read("""
            {"flags":{"a":{"state":"ENABLED","variants":{"on":true,"off":false},"targeting":{"if":[{"$ref":"gone"},"on"]}}}}
            """).Flags);
        Assert.Equal("/flags/a/targeting/if/0/$ref", PlacesOf(flag));
    }

    [Fact]
    public void Metadata_of_the_set_becomes_the_flags_and_the_flags_own_wins()
    {
        var document = Read("""
            {"metadata":{"flagSetId":"shop","owner":"set"},
             "flags":{"plain":BOOL,"own":{FIELDS,"metadata":{"owner":"me"}},"all":{FIELDS,"metadata":{"owner":"me","flagSetId":"x"}}}}
            """);
        Assert.EndsWith(""","metadata":{"flagSetId":"shop","owner":"set"}}""", JsonOf(document.Flags[0]), StringComparison.Ordinal);
        Assert.EndsWith(""","metadata":{"owner":"me","flagSetId":"shop"}}""", JsonOf(document.Flags[1]), StringComparison.Ordinal);
        Assert.EndsWith(""","metadata":{"owner":"me","flagSetId":"x"}}""", JsonOf(document.Flags[2]), StringComparison.Ordinal);
        Assert.Contains("flagSetId, owner", Assert.Single(document.Flags[0].Notes), StringComparison.Ordinal);
        Assert.Empty(document.Flags[2].Notes);
    }

    [Fact]
    public void A_field_of_somebody_elses_is_kept_with_a_note_and_a_slip_is_a_problem()
    {
        var document = Read("""{"flags":{"kept":{FIELDS,"x-colour":"red"},"slip":{FIELDS,"targetting":{}}}}""");
        Assert.Contains("\"x-colour\":\"red\"", JsonOf(document.Flags[0]), StringComparison.Ordinal);
        Assert.Contains("\"x-colour\"", Assert.Single(document.Flags[0].Notes), StringComparison.Ordinal);
        Assert.Equal("/flags/slip/targetting", PlacesOf(document.Flags[1]));
    }

    [Fact]
    public void A_definition_that_is_nested_too_deeply_is_that_flags_problem()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 40)) + string.Concat(Enumerable.Repeat("]", 40));
        var document = Read("""{"flags":{"deep":{FIELDS,"x-deep":DEEP},"sound":BOOL}}""".Replace("DEEP", deep, StringComparison.Ordinal));
        Assert.Equal(["/flags/deep", ""], document.Flags.Select(PlacesOf));
    }

    /// <summary>BOOL stands for a sound definition, FIELDS for what is in it.</summary>
    private static FlagDocument Read(string text) => DocumentReader.Read(Encoding.UTF8.GetBytes(
        text.Replace("BOOL", Bool, StringComparison.Ordinal).Replace("FIELDS", Bool[1..^1], StringComparison.Ordinal)));

    private static string JsonOf(DocumentFlag flag)
    {
        Assert.Empty(flag.Problems);
        return Encoding.UTF8.GetString(flag.Definition!.Json.Span);
    }

    private static string PlacesOf(DocumentFlag flag) => string.Join(' ', flag.Problems.Select(problem => problem.Path));
}
