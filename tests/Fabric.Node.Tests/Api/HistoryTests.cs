using System.Net;
using System.Text.Json;
using Fabric.Flags;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Api;

public sealed class HistoryTests
{
    private static string Noted(string note) => TestNode.Bool[..^1] + $$$""","metadata":{"note":"{{{note}}}"}}""";

    private static long[] Revisions(JsonElement list) => [.. list.EnumerateArray().Select(static item => item.GetProperty("revision").GetInt64())];

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();

    [Fact]
    public async Task A_flags_history_says_who_when_from_where_what_and_why()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("flag", Noted("one"));
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        var put = await node.PutAsync("flag?message=because", Noted("two"), ("X-Fabric-Actor", "anna@desk"));
        await node.SendAsync(HttpMethod.Delete, "/api/v1/flags/flag");

        var history = await node.GetAsync("/api/v1/flags/flag/history");

        Assert.Equal(200, history.Status);
        var changes = history.Body.GetProperty("changes");
        Assert.Equal(["delete", "put", "put"], changes.EnumerateArray().Select(static change => Text(change, "kind")));
        Assert.Equal(JsonValueKind.Null, changes[0].GetProperty("definition").ValueKind);
        var second = changes[1];
        Assert.Equal(put.Revision, second.GetProperty("revision").GetInt64());
        Assert.Equal(put.Revision - 1, second.GetProperty("previousRevision").GetInt64());
        Assert.Equal(("anna@desk", "claimed", "a", "127.0.0.1", "because"),
            (Text(second, "actor"), Text(second, "actorSource"), Text(second, "node"), Text(second, "address"), Text(second, "message")));
        Assert.InRange(DateTimeOffset.Parse(Text(second, "at")!, System.Globalization.CultureInfo.InvariantCulture), before, DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.Equal("two", Text(second.GetProperty("definition").GetProperty("metadata"), "note"));
        Assert.Equal(JsonValueKind.Null, changes[2].GetProperty("actor").ValueKind);
    }

    [Fact]
    public async Task A_write_that_is_passed_on_keeps_the_name_of_the_node_that_took_it_and_gets_the_leaders_time()
    {
        await using var three = await ThreeNodes.StartAsync();

        await three["b"].PutAsync("flag", TestNode.Bool, ("X-Fabric-Actor", "jörg"));

        var change = (await three["c"].GetAsync("/api/v1/flags/flag/history")).Body.GetProperty("changes")[0];
        Assert.Equal(("b", "jörg", "127.0.0.1"), (Text(change, "node"), Text(change, "actor"), Text(change, "address")));
        Assert.NotEqual("1970-01-01T00:00:00.000Z", Text(change, "at"));
    }

    [Fact]
    public async Task An_actor_that_is_no_name_is_refused_before_anything_is_written()
    {
        await using var node = await TestNode.StartAsync();

        var refused = await node.PutAsync("flag", TestNode.Bool, ("X-Fabric-Actor", new string('x', Limits.ActorBytes + 1)));

        Assert.Equal((400, "X-Fabric-Actor"), (refused.Status, Assert.Single(refused.ErrorPaths)));
        Assert.Equal(0, node.Log.Appended);
    }

    [Fact]
    public async Task Who_made_a_change_is_not_taken_from_the_body_of_a_client()
    {
        await using var node = await TestNode.StartAsync();

        var refused = await node.SendAsync(HttpMethod.Post, "/api/v1/changes", """{"changes":[{"delete":{"key":"a"}}],"origin":{"node":"z"}}""");

        Assert.Equal((400, "/origin"), (refused.Status, Assert.Single(refused.ErrorPaths)));
    }

    [Fact]
    public async Task Pages_meet_without_a_gap_or_a_double()
    {
        await using var node = await TestNode.StartAsync();
        var written = new List<long>();
        for (var i = 0; i < 9; i++)
            written.Insert(0, (await node.PutAsync($"flag-{i % 2}", Noted($"{i}"))).Revision);

        var read = new List<long>();
        for (var query = "?limit=4"; query != "";)
        {
            var page = (await node.GetAsync($"/api/v1/history{query}")).Body;
            read.AddRange(Revisions(page.GetProperty("changeSets")));
            var next = page.GetProperty("next");
            query = next.ValueKind == JsonValueKind.Null ? "" : $"?limit=4&before={next.GetInt64()}";
        }

        Assert.Equal(written, read);
        var first = (await node.GetAsync("/api/v1/flags/flag-0/history?limit=2")).Body;
        var second = (await node.GetAsync($"/api/v1/flags/flag-0/history?before={first.GetProperty("next").GetInt64()}")).Body;
        Assert.Equal(written.Where((_, i) => i % 2 == 0), [.. Revisions(first.GetProperty("changes")), .. Revisions(second.GetProperty("changes"))]);
    }

    [Fact]
    public async Task A_change_set_stands_in_the_history_as_a_whole()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("a", TestNode.Bool);
        await node.SendAsync(HttpMethod.Post, "/api/v1/changes",
            $$$"""{"changes":[{"put":{"key":"c","definition":{{{TestNode.Bool}}}}},{"delete":{"key":"a"}}],"message":"both"}""");

        var set = (await node.GetAsync("/api/v1/history")).Body.GetProperty("changeSets")[0];

        Assert.Equal("both", Text(set, "message"));
        Assert.Equal([("a", "delete"), ("c", "put")], set.GetProperty("changes").EnumerateArray().Select(static change => (Text(change, "key"), Text(change, "kind"))));
    }

    [Fact]
    public async Task One_change_is_read_by_its_revision_and_an_aged_out_one_is_gone()
    {
        await using var node = await TestNode.StartAsync();
        var first = (await node.PutAsync("flag", Noted("first"))).Revision;
        Assert.Equal("first", Text((await node.GetAsync($"/api/v1/flags/flag/history/{first}")).Body.GetProperty("definition").GetProperty("metadata"), "note"));
        for (var i = 0; i < Limits.HistoryPerFlag; i++)
            await node.PutAsync("flag", Noted($"{i}"));

        var gone = await node.GetAsync($"/api/v1/flags/flag/history/{first}");

        Assert.Equal((410, "history-gone"), (gone.Status, gone.Kind));
        var oldest = gone.Body.GetProperty("oldestRevision").GetInt64();
        Assert.Equal(200, (await node.GetAsync($"/api/v1/flags/flag/history/{oldest}")).Status);
        Assert.Equal(404, (await node.GetAsync($"/api/v1/flags/flag/history/{oldest + 500}")).Status);
        Assert.Equal(404, (await node.GetAsync("/api/v1/flags/never/history")).Status);
        Assert.Equal(400, (await node.GetAsync("/api/v1/flags/flag/history/first")).Status);
    }

    [Fact]
    public async Task A_diff_is_a_patch_for_programs_and_lines_for_people()
    {
        await using var node = await TestNode.StartAsync();
        var first = (await node.PutAsync("flag", TestNode.Bool)).Revision;
        var second = (await node.PutAsync("flag", TestNode.Bool.Replace("ENABLED", "DISABLED", StringComparison.Ordinal))).Revision;
        await node.SendAsync(HttpMethod.Delete, "/api/v1/flags/flag");

        var diff = await node.GetAsync($"/api/v1/flags/flag/diff?from={first}&to={second}");
        var deleted = await node.GetAsync($"/api/v1/flags/flag/diff?from={second}");

        Assert.Equal("""[{"op":"replace","path":"/state","value":"DISABLED"}]""", diff.Body.GetProperty("patch").GetRawText());
        Assert.Contains("-  \"state\": \"ENABLED\"", Text(diff.Body, "text"), StringComparison.Ordinal);
        Assert.Contains("+  \"state\": \"DISABLED\"", Text(diff.Body, "text"), StringComparison.Ordinal);
        Assert.Equal("""[{"op":"replace","path":"","value":null}]""", deleted.Body.GetProperty("patch").GetRawText());
        Assert.Equal(0, deleted.Body.GetProperty("to").GetInt64());
        Assert.Equal(404, (await node.GetAsync("/api/v1/flags/never/diff?from=1")).Status);
        Assert.Equal(400, (await node.GetAsync("/api/v1/flags/flag/diff")).Status);
    }

    [Fact]
    public async Task Keys_that_look_like_addresses_keep_their_own_history()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("history", TestNode.Bool);

        Assert.Equal("history", Text((await node.GetAsync("/api/v1/flags/history/history")).Body, "key"));
        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/api/v1/flags/history/diff?from=1")).Response.StatusCode);
    }
}
