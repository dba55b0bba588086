using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Attachments;

/// <summary>Flags that answer only where a build is attached, on a table as hosts have it.</summary>
public sealed class RequiresBuildTests : IAsyncLifetime
{
    private const string Gated = """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on","requiresBuild":["00112233","44556677"]}""";
    private const string ForHttp = """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on","targeting":{"if":[{"some":[[1],true]},"on"]},"requiresBuild":["00112233"]}""";
    private TestNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await TestNode.StartWithTableAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private async Task<string> EvaluateAsync(string key)
    {
        var answer = await _node.SendAsync(HttpMethod.Post, $"/ofrep/v1/evaluate/flags/{key}", "{}");
        return answer.Body.GetRawText();
    }

    private async Task BecomesAsync(string key, string answer)
    {
        for (var i = 0; await EvaluateAsync(key) is var given && given != answer; i++)
        {
            Assert.True(i < 500, $"{key} answers {given}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_flag_follows_what_is_attached_on_the_host_that_answers()
    {
        const string none = """{"key":"gated","reason":"DEFAULT"}""";
        const string on = """{"key":"gated","reason":"STATIC","variant":"on","value":true}""";
        await _node.PutAsync("gated", Gated);
        await _node.PutAsync("free", TestNode.Bool);
        await BecomesAsync("gated", none);

        await _node.SendAsync(HttpMethod.Put, "/api/v1/attachments", """{"exe":"/opt/app","symbol":"is_enabled"}""");
        Assert.Equal(none, await EvaluateAsync("gated"));
        _node.Door.Appear("/opt/app", "44556677");
        await BecomesAsync("gated", on);
        Assert.Contains("STATIC", await EvaluateAsync("free"), StringComparison.Ordinal);

        _node.Door.Appear("/opt/app", "ffffffff");
        await BecomesAsync("gated", none);
        _node.Door.Appear("/opt/app", "00112233");
        await BecomesAsync("gated", on);
        await _node.SendAsync(HttpMethod.Delete, "/api/v1/attachments?exe=/opt/app&symbol=is_enabled");
        await BecomesAsync("gated", none);
    }

    [Fact]
    public async Task What_only_http_evaluates_is_kept_back_alike()
    {
        await _node.PutAsync("gated", ForHttp);
        await BecomesAsync("gated", """{"key":"gated","reason":"DEFAULT"}""");
        _node.Door.Appear("/opt/app", "00112233");
        await _node.SendAsync(HttpMethod.Put, "/api/v1/attachments", """{"exe":"/opt/app","symbol":"is_enabled"}""");
        await BecomesAsync("gated", """{"key":"gated","reason":"TARGETING_MATCH","variant":"on","value":true}""");
    }

    [Fact]
    public async Task Whoever_asks_why_is_told_of_the_build()
    {
        await _node.PutAsync("gated", Gated);
        await _node.PutAsync("http", ForHttp);
        foreach (var key in new[] { "gated", "http" })
        {
            var why = await _node.SendAsync(HttpMethod.Post, $"/api/v1/flags/{key}/explain");
            Assert.Equal(("DEFAULT", "/requiresBuild"), (why.Body.GetProperty("reason").GetString(), why.Body.GetProperty("rule").GetString()));
        }

        _node.Door.Appear("/opt/app", "00112233");
        await _node.SendAsync(HttpMethod.Put, "/api/v1/attachments", """{"exe":"/opt/app","symbol":"is_enabled"}""");
        await BecomesAsync("gated", """{"key":"gated","reason":"STATIC","variant":"on","value":true}""");
        var open = await _node.SendAsync(HttpMethod.Post, "/api/v1/flags/gated/explain");
        Assert.Equal("/defaultVariant", open.Body.GetProperty("rule").GetString());
    }

    [Fact]
    public async Task The_field_is_kept_when_flags_are_exported()
    {
        await _node.PutAsync("gated", Gated);
        var exported = await _node.GetAsync("/api/v1/export");
        Assert.Equal("""["00112233","44556677"]""", exported.Body.GetProperty("flags").GetProperty("gated").GetProperty("requiresBuild").GetRawText());
    }
}
