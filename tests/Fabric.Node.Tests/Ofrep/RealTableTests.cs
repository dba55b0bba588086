using System.Text.Json;
using Fabric.Node.Tests.Evaluation;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Ofrep;

/// <summary>Evaluation over HTTP of a table as programs read it.</summary>
public sealed class RealTableTests : IAsyncLifetime
{
    private const string Route = "/ofrep/v1/evaluate/flags";

    private TestNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await TestNode.StartWithTableAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_write_that_was_answered_is_what_is_answered()
    {
        for (var i = 0; i < 50; i++)
        {
            var variant = i % 2 == 0 ? "on" : "off";
            var put = await _node.PutAsync("checkout", $$"""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"{{variant}}"}""");

            var one = await AskAsync("/checkout", "{}");
            var all = await AskAsync("", "{}");

            Assert.Equal((200, variant, "STATIC"), (one.Status, one.Body.GetProperty("variant").GetString(), one.Body.GetProperty("reason").GetString()));
            Assert.Equal($"{put.Revision}", one.Header("Fabric-Revision"));
            Assert.Equal(one.Body.GetRawText(), all.Body.GetProperty("flags")[0].GetRawText());
        }
    }

    [Fact]
    public async Task The_table_and_the_engine_divide_callers_alike()
    {
        const string rule = """{"fractional":[["a",20],["b",30],["c",50]]}""";
        const string variants = """{"a":"x","b":"y","c":"z"}""";
        // Both hash "split", the one as its key and the other as its salt.
        var put = await _node.PutAsync("split", $$"""{"state":"ENABLED","variants":{{variants}},"defaultVariant":"a","targeting":{{rule}}}""");
        Assert.Equal(201, put.Status);
        _node.Log.Put("remote", HttpOnlyFlags.Define($$"""{"state":"ENABLED","variants":{{variants}},"defaultVariant":"a","salt":"split","targeting":{{rule}}}"""));

        var seen = new HashSet<string?>();
        for (var i = 0; i < 200; i++)
        {
            var flags = (await AskAsync("", $$$"""{"context":{"targetingKey":"user{{{i}}}"}}""")).Body.GetProperty("flags");
            Assert.Equal(("TARGETING_MATCH", "TARGETING_MATCH"), (flags[0].GetProperty("reason").GetString(), flags[1].GetProperty("reason").GetString()));
            Assert.Equal(flags[0].GetProperty("variant").GetString(), flags[1].GetProperty("variant").GetString());
            seen.Add(flags[0].GetProperty("variant").GetString());
        }

        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public async Task Facts_of_the_caller_reach_the_table()
    {
        await _node.PutAsync("checkout", Rule(
            """{"if":[{"and":[{"ends_with":[{"var":"user.email"},"@example.com"]},{"in":["admin",{"var":"roles"}]},{">=":[{"var":"age"},18]},{"!":{"var":"process.exe"}}]},"on"]}"""));

        var yes = await AskAsync("/checkout", """{"context":{"targetingKey":"ann","user":{"email":"ann@example.com"},"roles":["user","admin"],"age":18.0,"process":{"exe":"/mine"}}}""");
        var no = await AskAsync("/checkout", """{"context":{"targetingKey":"bob","user":{"email":"bob@example.com"},"roles":["user"],"age":30}}""");

        Assert.Equal(("on", "TARGETING_MATCH"), (yes.Body.GetProperty("variant").GetString(), yes.Body.GetProperty("reason").GetString()));
        Assert.Equal(("off", "DEFAULT"), (no.Body.GetProperty("variant").GetString(), no.Body.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task A_rule_that_fails_in_the_table_is_GENERAL()
    {
        await _node.PutAsync("checkout", Rule("""{"if":[{"<":[{"var":"age"},18]},"on"]}"""));

        var answer = await AskAsync("/checkout", """{"context":{"age":"old"}}""");

        Assert.Equal((400, "GENERAL"), (answer.Status, answer.Body.GetProperty("errorCode").GetString()));
    }

    /// <summary>The programs of the host cannot ask the prerequisite, and HTTP answers what they are answered.</summary>
    [Fact]
    public async Task A_prerequisite_that_only_http_evaluates_counts_as_not_met_by_a_flag_that_the_table_evaluates()
    {
        const string always = """{"if":[{"some":[[1],{"==":[{"var":""},1]}]},"on"]}""";
        const string needs = ""","prerequisites":[{"flag":"base","variant":"on"}],"offVariant":"off" """;
        await _node.PutAsync("base", Rule(always));
        await _node.PutAsync("checkout", Rule("""{"if":[true,"on"]}""", needs));
        await _node.PutAsync("remote", Rule(always, needs));

        var flags = (await AskAsync("", "{}")).Body.GetProperty("flags");

        Assert.Equal(
            ["base on TARGETING_MATCH", "checkout off DEFAULT", "remote on TARGETING_MATCH"],
            flags.EnumerateArray().Select(flag => $"{flag.GetProperty("key").GetString()} {flag.GetProperty("variant").GetString()} {flag.GetProperty("reason").GetString()}"));
    }

    [Fact]
    public async Task Flags_that_change_all_the_time_are_still_answered_together()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        foreach (var key in new[] { "a", "b", "c", "d", "e", "f" })
            await _node.PutAsync(key, TestNode.Bool);
        var writing = Task.Run(
            async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                    await _node.PutAsync($"{"abcdef"[i % 6]}", TestNode.Bool);
            }, TestContext.Current.CancellationToken);

        for (var i = 0; i < 50; i++)
        {
            var answer = await AskAsync("", "{}");
            Assert.Equal(200, answer.Status);
            Assert.Equal(["a", "b", "c", "d", "e", "f"], answer.Body.GetProperty("flags").EnumerateArray().Select(flag => flag.GetProperty("key").GetString()));
            Assert.All(answer.Body.GetProperty("flags").EnumerateArray(), flag => Assert.Equal(JsonValueKind.True, flag.GetProperty("value").ValueKind));
        }

        await stop.CancelAsync();
        await writing;
    }

    private static string Rule(string targeting, string more = "") =>
        $$"""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{{targeting}}{{more}}}""";

    private Task<Answer> AskAsync(string key, string body) => _node.SendAsync(HttpMethod.Post, Route + key, body);
}
