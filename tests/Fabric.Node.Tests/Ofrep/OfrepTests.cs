using System.Text;
using System.Text.Json;
using Fabric.Bpf.Evaluation;
using Fabric.Node.Tests.Evaluation;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Ofrep;

/// <summary>Every status and every error code of OFREP's two evaluations.</summary>
public sealed class OfrepTests : IAsyncLifetime
{
    private const string One = "/ofrep/v1/evaluate/flags/checkout";
    private const string All = "/ofrep/v1/evaluate/flags";
    private const string Ann = """{"context":{"targetingKey":"ann","email":"ann@example.com"}}""";
    private const string Colours = """{"state":"ENABLED","variants":{"red":{"hex":"#f00"},"blue":{"hex":"#00f"}},"defaultVariant":"blue","metadata":{"owner":"shop","tier":2,"beta":true}}""";

    private TestNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await TestNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_flag_answers_its_variant_value_reason_and_metadata()
    {
        var put = await _node.PutAsync("checkout", Colours);

        var answer = await AskAsync(One, Ann);

        Assert.Equal((200, "application/json"), (answer.Status, answer.Type));
        Assert.Equal("""{"key":"checkout","reason":"STATIC","variant":"blue","value":{"hex":"#00f"},"metadata":{"owner":"shop","tier":2,"beta":true}}""", answer.Body.GetRawText());
        Assert.Equal($"{put.Revision}", answer.Header("Fabric-Revision"));
    }

    [Theory]
    [InlineData(AnswerReason.TargetingMatch, "TARGETING_MATCH")]
    [InlineData(AnswerReason.Split, "SPLIT")]
    [InlineData(AnswerReason.Default, "DEFAULT")]
    [InlineData(AnswerReason.Stale, "STALE")]
    public async Task The_table_is_asked_with_the_callers_facts(AnswerReason reason, string name)
    {
        var put = await _node.PutAsync("checkout", TestNode.Bool);
        EvaluationContext? asked = null;
        _node.Table.Answers = (key, context) =>
        {
            Assert.Equal("checkout", key);
            asked = context;
            return new FlagAnswer(put.Revision, reason, 1);
        };

        var answer = await AskAsync(One, Ann);

        Assert.Equal($$"""{"key":"checkout","reason":"{{name}}","variant":"off","value":false}""", answer.Body.GetRawText());
        Assert.Equal("ann", asked!.TargetingKey);
        Assert.Equal([new CallerFact("email", FactType.String, Text: "ann@example.com")], asked.Attributes);
    }

    [Fact]
    public async Task A_disabled_flag_is_200_without_value_and_variant()
    {
        await _node.PutAsync("checkout", TestNode.Bool.Replace("ENABLED", "DISABLED", StringComparison.Ordinal));

        var answer = await AskAsync(One, Ann);

        Assert.Equal((200, """{"key":"checkout","reason":"DISABLED"}"""), (answer.Status, answer.Body.GetRawText()));
    }

    [Fact]
    public async Task A_code_default_is_200_without_value_and_variant()
    {
        var put = await _node.PutAsync("checkout", TestNode.Bool);
        _node.Table.Answers = (_, _) => new FlagAnswer(put.Revision, AnswerReason.Default, null);

        var answer = await AskAsync(One, Ann);

        Assert.Equal((200, """{"key":"checkout","reason":"DEFAULT"}"""), (answer.Status, answer.Body.GetRawText()));
    }

    [Fact]
    public async Task A_flag_that_only_http_evaluates_is_evaluated()
    {
        _node.Log.Put("checkout", HttpOnlyFlags.Rule("""{"if":[{"some":[{"var":"roles"},{"==":[{"var":""},"admin"]}]},"on","off"]}""", ""","metadata":{"owner":"shop"}"""));

        var admin = await AskAsync(One, """{"context":{"targetingKey":"ann","roles":["user","admin"]}}""");
        var user = await AskAsync(One, """{"context":{"targetingKey":"bob","roles":["user"]}}""");

        Assert.Equal("""{"key":"checkout","reason":"TARGETING_MATCH","variant":"on","value":true,"metadata":{"owner":"shop"}}""", admin.Body.GetRawText());
        Assert.Equal("off", user.Body.GetProperty("variant").GetString());
    }

    [Fact]
    public async Task The_facts_of_a_host_are_those_of_the_node_that_answers()
    {
        await using var node = await TestNode.StartAsync(with: options => options with { Labels = new Dictionary<string, string> { ["zone.part"] = "eu-1" } });
        await node.PutAsync("checkout", """{"state":"ENABLED","variants":{"on":true},"targeting":{"if":[{"in":[{"substr":[{"var":"host.labels.zone.part"},0,2]},["eu"]]},"on"]}}""");

        var answer = await node.SendAsync(HttpMethod.Post, One, """{"context":{"host":{"name":"mine","labels":{"zone":{"part":"us"}}}}}""");

        Assert.Equal("on", answer.Body.GetProperty("variant").GetString());
    }

    [Fact]
    public async Task A_rule_that_fails_is_400_GENERAL()
    {
        _node.Log.Put("checkout", HttpOnlyFlags.Rule("""{"==":["a",1]}""", ""","metadata":{"owner":"shop"}"""));
        var failed = await AskAsync(One, Ann);
        AssertError(failed, 400, "GENERAL", "checkout");
        Assert.Equal("shop", failed.Body.GetProperty("metadata").GetProperty("owner").GetString());

        var put = await _node.PutAsync("checkout", TestNode.Bool);
        _node.Table.Answers = (_, _) => new FlagAnswer(put.Revision, AnswerReason.Error, null);
        AssertError(await AskAsync(One, Ann), 400, "GENERAL", "checkout");
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("a%20b")]
    [InlineData("a%2Fb")]
    [InlineData("%ff")]
    public async Task A_flag_that_is_not_there_is_404(string key)
    {
        var answer = await AskAsync($"{All}/{key}", Ann);

        Assert.Equal((404, "FLAG_NOT_FOUND"), (answer.Status, answer.Body.GetProperty("errorCode").GetString()));
        Assert.True(answer.Body.TryGetProperty("key", out _));
    }

    [Theory]
    [InlineData("{", "PARSE_ERROR")]
    [InlineData("[]", "PARSE_ERROR")]
    [InlineData("\"x\"", "PARSE_ERROR")]
    [InlineData("""{"context":{"a":1,"a":2}}""", "PARSE_ERROR")]
    [InlineData("""{"context":[]}""", "INVALID_CONTEXT")]
    [InlineData("""{"context":{"targetingKey":5}}""", "INVALID_CONTEXT")]
    [InlineData("""{"context":{"n":1e999}}""", "INVALID_CONTEXT")]
    public async Task A_body_that_says_nobody_is_400(string body, string code)
    {
        await _node.PutAsync("checkout", TestNode.Bool);

        AssertError(await AskAsync(One, body), 400, code, "checkout");
        AssertError(await AskAsync(All, body), 400, code, null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"context":null}""")]
    [InlineData("""{"context":{}}""")]
    public async Task Nobody_in_particular_may_ask(string body)
    {
        await _node.PutAsync("checkout", TestNode.Bool);

        Assert.Equal(200, (await AskAsync(One, body)).Status);
        Assert.Equal(200, (await AskAsync(All, body)).Status);
    }

    [Fact]
    public async Task A_request_without_any_body_is_answered()
    {
        await _node.PutAsync("checkout", TestNode.Bool);

        Assert.Equal(200, (await _node.SendAsync(HttpMethod.Post, One)).Status);
        Assert.Equal(200, (await _node.SendAsync(HttpMethod.Post, All + "/")).Status);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_413()
    {
        // Small enough that all of it is sent before the answer ends the connection.
        await using var narrow = await TestNode.StartAsync(with: options => options with { Limits = options.Limits with { BodyBytes = 1024 } });
        var answer = await narrow.SendAsync(HttpMethod.Post, One, $$$"""{"context":{"a":"{{{new string('a', 1024)}}}"}}""");

        Assert.Equal((413, true, false), (answer.Status, answer.Body.TryGetProperty("errorDetails", out _), answer.Body.TryGetProperty("errorCode", out _)));
    }

    [Fact]
    public async Task A_body_of_another_type_is_415()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, One) { Content = new StringContent(Ann, Encoding.UTF8, "text/plain") };

        var answer = await _node.SendAsync(request);

        Assert.Equal((415, true), (answer.Status, answer.Body.TryGetProperty("errorDetails", out _)));
    }

    [Fact]
    public async Task Too_many_at_once_are_429_with_a_time_to_come_again()
    {
        await using var narrow = await TestNode.StartAsync(with: options => options with { Limits = options.Limits with { EvaluationsInFlight = 1 } });
        await narrow.PutAsync("checkout", TestNode.Bool);
        using var go = new ManualResetEventSlim();
        var inside = new TaskCompletionSource();
        narrow.Table.Answers = (_, _) =>
        {
            inside.TrySetResult();
            go.Wait(TestContext.Current.CancellationToken);
            return default;
        };
        var first = narrow.SendAsync(HttpMethod.Post, One, Ann);
        await inside.Task;

        var second = await narrow.SendAsync(HttpMethod.Post, All, Ann);
        go.Set();
        await first;

        Assert.Equal((429, "1"), (second.Status, second.Header("Retry-After")));
    }

    [Fact]
    public async Task An_unexpected_failure_is_500_with_details()
    {
        await _node.PutAsync("checkout", TestNode.Bool);
        _node.Table.Answers = (_, _) => throw new InvalidDataException("broken");

        var answer = await AskAsync(One, Ann);

        Assert.Equal((500, "application/json"), (answer.Status, answer.Type));
        Assert.DoesNotContain("broken", answer.Body.GetProperty("errorDetails").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_does_not_catch_up_is_503()
    {
        await _node.PutAsync("checkout", TestNode.Bool);
        _node.Table.Answers = (_, _) => new FlagAnswer(1, AnswerReason.Static, 0);

        var one = await AskAsync(One, Ann);
        var all = await AskAsync(All, Ann);

        AssertError(one, 503, "GENERAL", "checkout");
        AssertError(all, 503, "GENERAL", null);
        Assert.Equal("1", one.Header("Retry-After"));
    }

    [Fact]
    public async Task A_change_that_is_not_in_the_table_yet_is_waited_for()
    {
        _node.Table.Failure = new IOException("slow");
        var put = await _node.PutAsync("checkout", TestNode.Bool);
        var answer = AskAsync(One, Ann);
        _node.Table.Failure = null;

        Assert.Equal((200, $"{put.Revision}"), ((await answer).Status, (await answer).Header("Fabric-Revision")));
    }

    [Fact]
    public async Task All_flags_come_in_the_order_of_their_keys_with_where_events_are()
    {
        foreach (var key in new[] { "payment", "checkout", "Zebra" })
            await _node.PutAsync(key, TestNode.Bool);
        _node.Log.Put("broken", HttpOnlyFlags.Rule("""{"==":["a",1]}"""));

        foreach (var path in new[] { All, All + "/", All + "?flagConfigEtag=1&flagConfigLastModified=1771622898" })
        {
            var answer = await AskAsync(path, Ann);

            Assert.Equal(200, answer.Status);
            Assert.Equal(["Zebra", "broken", "checkout", "payment"], answer.Body.GetProperty("flags").EnumerateArray().Select(flag => flag.GetProperty("key").GetString()));
            Assert.Equal("GENERAL", answer.Body.GetProperty("flags")[1].GetProperty("errorCode").GetString());
            Assert.Equal("""[{"type":"sse","endpoint":{"requestUri":"/ofrep/v1/events"}}]""", answer.Body.GetProperty("eventStreams").GetRawText());
        }
    }

    [Fact]
    public async Task An_event_tag_that_this_node_has_not_reached_is_503()
    {
        await using var node = await TestNode.StartAsync(with: options => options with { ReadTimeout = TimeSpan.FromMilliseconds(50) });

        var answer = await node.SendAsync(HttpMethod.Post, All + "?flagConfigEtag=1000", Ann);

        Assert.Equal((503, "1"), (answer.Status, answer.Header("Retry-After")));
    }

    [Fact]
    public async Task Answers_that_have_not_changed_are_304()
    {
        await _node.PutAsync("checkout", TestNode.Bool);
        var first = await AskAsync(All, Ann);

        foreach (var sent in new[] { first.ETag!, "W/" + first.ETag, "\"x\", " + first.ETag, "*" })
        {
            var again = await AskAsync(All, Ann, ("If-None-Match", sent));
            Assert.Equal((304, JsonValueKind.Undefined, first.ETag), (again.Status, again.Body.ValueKind, again.ETag));
        }

        Assert.Equal(200, (await AskAsync(All, Ann, ("If-None-Match", "\"x\""))).Status);
    }

    [Fact]
    public async Task The_tag_changes_with_the_flags_the_caller_and_the_clock()
    {
        var put = await _node.PutAsync("checkout", TestNode.Bool);
        var variant = 0;
        _node.Table.Answers = (_, context) => new FlagAnswer(put.Revision, AnswerReason.Default, context.TargetingKey == "bob" ? 1 : variant);
        var tags = new List<string?> { (await AskAsync(All, Ann)).ETag };

        tags.Add((await AskAsync(All, """{"context":{"targetingKey":"bob"}}""", ("If-None-Match", tags[0]!))).ETag);
        Assert.Equal(2, tags.Distinct().Count());

        // As when a ramp moves: nothing was written, and yet the answer is another.
        variant = 1;
        var later = await AskAsync(All, Ann, ("If-None-Match", tags[0]!));
        Assert.Equal((200, tags[1]), (later.Status, later.ETag));

        _node.Table.Answers = null;
        await _node.PutAsync("payment", TestNode.Bool);
        Assert.DoesNotContain((await AskAsync(All, Ann)).ETag, tags);
    }

    private Task<Answer> AskAsync(string path, string body, params (string, string)[] headers) => _node.SendAsync(HttpMethod.Post, path, body, headers);

    private static void AssertError(Answer answer, int status, string code, string? key)
    {
        Assert.Equal((status, "application/json", code), (answer.Status, answer.Type, answer.Body.GetProperty("errorCode").GetString()));
        Assert.NotEqual("", answer.Body.GetProperty("errorDetails").GetString());
        Assert.Equal(key, answer.Body.TryGetProperty("key", out var named) ? named.GetString() : null);
    }
}
