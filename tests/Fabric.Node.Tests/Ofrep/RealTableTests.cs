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

    private Task<Answer> AskAsync(string key, string body) => _node.SendAsync(HttpMethod.Post, Route + key, body);
}
