using System.Text.Json;

namespace Fabric.Cli.Tests;

public sealed class ExplainCommandTests(LiveNode node) : IClassFixture<LiveNode>
{
    private const string Rule = """
        {"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off",
         "targeting":{"if":[{"==":[{"var":"plan"},"pro"]},"on",{"and":[{">":[{"var":"user.age"},40]},{"fractional":[["on",100]]}]},"on"]}}
        """;

    [Fact]
    public async Task The_question_that_decided_is_named_with_the_facts_it_looked_at()
    {
        await SetAsync("explained", Rule);
        var pro = await ExplainAsync("explained", "--key", "user-17", "-a", "plan=pro");
        Assert.Equal(("on", "TARGETING_MATCH", "/targeting/if/0/=="), Answer(pro));
        Assert.True(pro.GetProperty("value").GetBoolean());
        Assert.Equal("""{"plan":"pro"}""", pro.GetProperty("facts").GetRawText());
        Assert.Equal(["yes", "on"], Found(pro));

        var nobody = await ExplainAsync("explained");
        Assert.Equal(("off", "DEFAULT", "/defaultVariant"), Answer(nobody));
        Assert.Equal(["no", "no", "null"], Found(nobody));
        Assert.Equal("null", nobody.GetProperty("facts").GetProperty("plan").GetRawText());

        var old = await ExplainAsync("explained", "--context", """{"user":{"age":41}}""", "-a", "plan=free", "-a", "user.name=x");
        Assert.Equal("41", old.GetProperty("facts").GetProperty("user.age").GetRawText());
    }

    [Fact]
    public async Task A_share_says_where_the_caller_falls()
    {
        await node.RunAsync("flag", "set", "shared", "--percent", "25");
        var answer = await ExplainAsync("shared", "--key", "user-17");
        var bucket = answer.GetProperty("bucket");
        var (hash, point) = (bucket.GetProperty("hash").GetUInt32(), bucket.GetProperty("point").GetUInt32());
        Assert.Equal((uint)((ulong)hash * 100 >> 32), point);
        Assert.Equal((point < 25 ? "on" : "off", "TARGETING_MATCH", $"/targeting/fractional/{(point < 25 ? 0 : 1)}/0"), Answer(answer));
        Assert.Equal("\"user-17\"", answer.GetProperty("facts").GetProperty("targetingKey").GetRawText());
        Assert.False((await ExplainAsync("shared")).TryGetProperty("bucket", out _));
    }

    [Theory]
    [InlineData("""{"state":"DISABLED","variants":{"on":true},"defaultVariant":"on"}""", null, "DISABLED", "/state")]
    [InlineData("""{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on"}""", "on", "STATIC", "/defaultVariant")]
    [InlineData("""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on","offVariant":"off","activateAt":"2199-01-01T00:00:00Z"}""", "off", "DEFAULT", "/activateAt")]
    [InlineData("""{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on","targeting":{"<":[{"var":"roles"},1]}}""", null, "ERROR", "/targeting/<")]
    public async Task What_decides_before_and_after_targeting_is_named_too(string definition, string? variant, string reason, string rule)
    {
        await SetAsync("order", definition);
        Assert.Equal((variant, reason, rule), Answer(await ExplainAsync("order", "-k", "x", "-a", "roles=[1]")));
    }

    [Fact]
    public async Task A_flag_that_only_http_evaluates_says_so()
    {
        await SetAsync("remote", """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"if":[{"some":[{"var":"roles"},{"==":[{"var":""},"admin"]}]},"on"]}}""");
        var answer = await ExplainAsync("remote", "-a", """roles=["admin"]""");
        Assert.Equal(("on", "TARGETING_MATCH", "/targeting"), Answer(answer));
        Assert.Contains("/targeting", answer.GetProperty("evaluableInReason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task People_get_sentences()
    {
        await SetAsync("for-people", Rule);
        var ran = await node.RunAsync("flag", "explain", "for-people", "-a", "plan=pro");
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.StartsWith("for-people answers on = true\n  because   TARGETING_MATCH, decided at /targeting/if/0/==\n", ran.Out, StringComparison.Ordinal);
        Assert.Matches("(?m)^yes +plan == \"pro\" +/targeting/if/0/== *$", ran.Out);
    }

    [Fact]
    public async Task A_flag_that_is_not_there_exits_4_and_a_caller_that_is_none_exits_2()
    {
        Assert.Equal(4, (await node.RunAsync("flag", "explain", "absent")).Code);
        Assert.Equal(2, (await node.RunAsync("flag", "explain", "absent", "--context", "[]")).Code);
        Assert.Equal(2, (await node.RunAsync("flag", "explain", "absent", "--context", "{")).Code);
        Assert.Equal(2, (await node.RunAsync("flag", "explain", "absent", "--context", "@/absent/file")).Code);
        Assert.Equal(2, (await node.RunAsync("flag", "explain", "absent", "-a", "plan")).Code);
        Assert.Equal(1, (await node.RunAsync("flag", "explain", "absent", "--context", """{"targetingKey":5}""")).Code);
    }

    private async Task SetAsync(string key, string definition) =>
        Assert.Equal(0, (await node.RunWithInputAsync(definition, "flag", "set", key, "--file", "-")).Code);

    private async Task<JsonElement> ExplainAsync(string key, params string[] args)
    {
        var ran = await node.RunAsync(["flag", "explain", key, .. args, "-o", "json"]);
        Assert.True(ran.Code == 0, ran.Error);
        return JsonDocument.Parse(ran.Out).RootElement;
    }

    private static (string?, string?, string?) Answer(JsonElement answer) => (
        answer.TryGetProperty("variant", out var variant) ? variant.GetString() : null,
        answer.GetProperty("reason").GetString(), answer.GetProperty("rule").GetString());

    private static string[] Found(JsonElement answer) => [.. answer.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("found").GetString()!)];
}
