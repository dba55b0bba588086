using System.Text;
using Fabric.Flags.Definitions;

namespace Fabric.Flags.Tests.Definitions;

public sealed class FabricFieldTests
{
    private const string Head = """{"state":"ENABLED","variants":{"on":true,"off":false},""";
    private const string Other = Head + "\"owner\":\"team\",\"rules\":[1,{\"x\":null}],\"name\":\"n\"}";
    private const string Times = "\"start\":\"2026-12-01T09:00:00Z\",\"end\":\"2026-12-02T09:00:00Z\"";

    [Fact]
    public void All_own_fields_are_read()
    {
        var definition = Rules.Whole(Head + """
            "salt":"checkout","activateAt":"2026-12-01T10:00:00.5+01:00","offVariant":"off",
            "prerequisites":[{"flag":"a","variant":"x"},{"flag":"b","variant":"y"}],
            "ramp":{"variant":"on","from":0.125,"to":100,"start":"2026-12-01T09:00:00Z","end":"2026-12-02T09:00:00Z"},
            "staleAfter":{"after":"2m","variant":null},"requiresBuild":["00112233","44556677"]}
            """);

        Assert.Equal("checkout", definition.Salt);
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 9, 0, 0, 500, TimeSpan.Zero), definition.ActivateAt);
        Assert.Equal(1, definition.OffVariant);
        Assert.Equal([new Prerequisite("a", "x"), new Prerequisite("b", "y")], definition.Prerequisites);
        Assert.Equal(new Ramp(0, 125, 100_000, new(2026, 12, 1, 9, 0, 0, TimeSpan.Zero), new(2026, 12, 2, 9, 0, 0, TimeSpan.Zero)), definition.Ramp);
        Assert.Equal(new Staleness(TimeSpan.FromMinutes(2), null), definition.Staleness);
        Assert.Equal(["00112233", "44556677"], definition.RequiresBuild);
        Assert.Null(definition.HttpOnlyBecause);
    }

    [Fact]
    public void Fields_of_others_are_kept_and_say_nothing()
    {
        var definition = Rules.Whole(Other);

        Assert.Equal(Other, Encoding.UTF8.GetString(definition.Json.Span));
    }

    [Theory]
    [InlineData("\"salt\":1", "/salt: must be a string")]
    [InlineData("\"salt\":\"0123456789012345678901234567890123456789012345678901234567890123\"", "/salt: must be a string of at most 63 bytes")]
    [InlineData("\"salt\":\"a\\u0000\"", "/salt: must be a string")]
    [InlineData("\"activateAt\":1764579600", "/activateAt: must be a time")]
    [InlineData("\"activateAt\":\"2026-12-01\"", "/activateAt: must be a time")]
    [InlineData("\"activateAt\":\"2026-13-01T09:00:00Z\"", "/activateAt: must be a time")]
    [InlineData("\"activateAt\":\"2026-12-01T09:00:00\"", "/activateAt: must be a time")]
    [InlineData("\"activateAt\":\"1969-12-31T23:59:59Z\"", "/activateAt: must be a time")]
    [InlineData("\"activateAt\":\"2200-01-01T00:00:00Z\"", "/activateAt: must be a time")]
    [InlineData("\"offVariant\":\"gone\"", "/offVariant: names \"gone\"")]
    [InlineData("\"offVariant\":true", "/offVariant: must be the name of a variant, or null")]
    [InlineData("\"prerequisites\":{}", "/prerequisites: must be an array of at most 8")]
    [InlineData("\"prerequisites\":[1]", "/prerequisites/0: must be an object with flag, variant")]
    [InlineData("\"prerequisites\":[{\"flag\":\"a/b\",\"variant\":\"x\"}]", "/prerequisites/0/flag: must be the key of a flag")]
    [InlineData("\"prerequisites\":[{\"flag\":\"a\"}]", "/prerequisites/0/variant: must be the name of a variant")]
    [InlineData("\"prerequisites\":[{\"flag\":\"a\",\"variant\":\"x\",\"when\":1}]", "/prerequisites/0/when: unknown field")]
    [InlineData("\"prerequisites\":[{\"flag\":\"a\",\"variant\":\"x\"},{\"flag\":\"a\",\"variant\":\"y\"}]", "/prerequisites/1/flag: \"a\" stands there twice")]
    [InlineData("\"ramp\":1", "/ramp: must be an object")]
    [InlineData("\"ramp\":{\"from\":0,\"to\":1," + Times + "}", "/ramp/variant: must be the name of a variant")]
    [InlineData("\"ramp\":{\"variant\":\"gone\",\"from\":0,\"to\":1," + Times + "}", "/ramp/variant: names \"gone\"")]
    [InlineData("\"ramp\":{\"variant\":null,\"from\":0,\"to\":1," + Times + "}", "/ramp/variant: must be the name of a variant")]
    [InlineData("\"ramp\":{\"variant\":\"on\",\"from\":-1,\"to\":1," + Times + "}", "/ramp/from: must be a percentage")]
    [InlineData("\"ramp\":{\"variant\":\"on\",\"from\":0,\"to\":100.001," + Times + "}", "/ramp/to: must be a percentage")]
    [InlineData("\"ramp\":{\"variant\":\"on\",\"from\":0,\"to\":1.0001," + Times + "}", "/ramp/to: must be a percentage")]
    [InlineData("\"ramp\":{\"variant\":\"on\",\"from\":0,\"to\":\"1\"," + Times + "}", "/ramp/to: must be a percentage")]
    [InlineData("\"ramp\":{\"variant\":\"on\",\"from\":0,\"to\":1,\"start\":\"2026-12-01T09:00:00Z\"}", "/ramp/end: must be a time")]
    [InlineData("\"ramp\":{\"variant\":\"on\",\"from\":0,\"to\":1,\"start\":\"2026-12-01T09:00:00Z\",\"end\":\"2026-12-01T09:00:00Z\"}", "/ramp/end: must be later")]
    [InlineData("\"ramp\":{\"variant\":\"on\",\"from\":0,\"to\":1,\"speed\":2," + Times + "}", "/ramp/speed: unknown field")]
    [InlineData("\"staleAfter\":\"30s\"", "/staleAfter: must be an object")]
    [InlineData("\"staleAfter\":{\"after\":\"4s\",\"variant\":\"on\"}", "/staleAfter/after: must be a whole number")]
    [InlineData("\"staleAfter\":{\"after\":\"721h\",\"variant\":\"on\"}", "/staleAfter/after: must be a whole number")]
    [InlineData("\"staleAfter\":{\"after\":\"1.5m\",\"variant\":\"on\"}", "/staleAfter/after: must be a whole number")]
    [InlineData("\"staleAfter\":{\"after\":\"9999999999999999999h\",\"variant\":\"on\"}", "/staleAfter/after: must be a whole number")]
    [InlineData("\"staleAfter\":{\"after\":\"30\",\"variant\":\"on\"}", "/staleAfter/after: must be a whole number")]
    [InlineData("\"staleAfter\":{\"after\":\"30s\"}", "/staleAfter/variant: missing")]
    [InlineData("\"staleAfter\":{\"after\":\"30s\",\"variant\":\"gone\"}", "/staleAfter/variant: names \"gone\"")]
    [InlineData("\"requiresBuild\":\"00112233\"", "/requiresBuild: must be an array of 1 to 64 build-ids")]
    [InlineData("\"requiresBuild\":[]", "/requiresBuild: must be an array of 1 to 64 build-ids")]
    [InlineData("\"requiresBuild\":[\"00112233\",7]", "/requiresBuild/1: a build-id has 8 to 64 hexadecimal digits")]
    [InlineData("\"requiresBuild\":[\"0011AABB\"]", "/requiresBuild/0: a build-id has 8 to 64 hexadecimal digits in lower case")]
    [InlineData("\"requiresBuild\":[\"001122\"]", "/requiresBuild/0: a build-id has")]
    [InlineData("\"requiresBuild\":[\"001122334\"]", "/requiresBuild/0: a build-id has")]
    [InlineData("\"requiresBuild\":[\"00112233\",\"00112233\"]", "/requiresBuild/1: \"00112233\" stands there twice")]
    [InlineData("\"requireBuild\":[\"00112233\"]", "/requireBuild: unknown field; did you mean \"requiresBuild\"?")]
    public void What_is_wrong_with_them_is_refused_with_its_place(string field, string reason)
    {
        var (definition, problems) = DefinitionParser.Parse(Encoding.UTF8.GetBytes(Head + field + "}"));

        Assert.Null(definition);
        Assert.Contains(problems, problem => problem.ToString().StartsWith(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Nine_prerequisites_are_too_many()
    {
        var list = string.Join(',', Enumerable.Range(0, 9).Select(static i => $$"""{"flag":"f{{i}}","variant":"on"}"""));

        Assert.Equal("/prerequisites", Assert.Single(DefinitionParser.Parse(Encoding.UTF8.GetBytes($"{Head}\"prerequisites\":[{list}]}}")).Problems).Path);
    }

    [Fact]
    public void Sixty_five_builds_are_too_many()
    {
        var list = string.Join(',', Enumerable.Range(0, 65).Select(static i => $"\"{i:x8}\""));

        Assert.Equal("/requiresBuild", Assert.Single(DefinitionParser.Parse(Encoding.UTF8.GetBytes($"{Head}\"requiresBuild\":[{list}]}}")).Problems).Path);
    }

    [Fact]
    public void Variants_whose_names_the_table_cannot_tell_apart_are_refused()
    {
        var (first, second) = Collision();
        var (definition, problems) = DefinitionParser.Parse(Encoding.UTF8.GetBytes($$$"""{"state":"ENABLED","variants":{"{{{first}}}":true,"{{{second}}}":false}}"""));

        Assert.Null(definition);
        Assert.Equal($"/variants/{second}", Assert.Single(problems).Path);
    }

    /// <summary>Two names with the same hash: by the birthday paradox, among some 80,000 there are some.</summary>
    private static (string First, string Second) Collision()
    {
        var seen = new Dictionary<uint, string>();
        for (var i = 0; i < 2_000_000; i++)
        {
            if (!seen.TryAdd(TextHash.OfName($"v{i}"), $"v{i}"))
                return (seen[TextHash.OfName($"v{i}")], $"v{i}");
        }

        throw new InvalidOperationException("no two names have the same hash");
    }
}
