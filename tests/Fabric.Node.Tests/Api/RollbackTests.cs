using System.Text.Json;
using Fabric.Flags;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Api;

public sealed class RollbackTests
{
    private static string Noted(string note) => TestNode.Bool[..^1] + $$$""","metadata":{"note":"{{{note}}}"}}""";

    private static string? NoteOf(JsonElement flag) => flag.GetProperty("definition").GetProperty("metadata").GetProperty("note").GetString();

    private static Task<Answer> RollAsync(TestNode node, string key, long revision, params (string, string)[] headers) =>
        node.SendAsync(HttpMethod.Post, $"/api/v1/flags/{key}/rollback", $$"""{"toRevision":{{revision}}}""", headers);

    private static Task<Answer> RollAsync(TestNode node, string body) => node.SendAsync(HttpMethod.Post, "/api/v1/rollback", body);

    private static IEnumerable<(string?, string?)> Flags(Answer answer) =>
        answer.Body.GetProperty("flags").EnumerateArray().Select(static flag => (flag.GetProperty("key").GetString(), flag.GetProperty("kind").GetString()));

    [Fact]
    public async Task A_flag_goes_back_by_a_new_change_that_says_so()
    {
        await using var node = await TestNode.StartAsync();
        var first = (await node.PutAsync("flag", Noted("one"))).Revision;
        var second = (await node.PutAsync("flag", Noted("two"))).Revision;

        var back = await RollAsync(node, "flag", first);

        Assert.Equal((200, $"\"{second + 1}\"", "one"), (back.Status, back.ETag, NoteOf(back.Body)));
        var change = (await node.GetAsync("/api/v1/flags/flag/history")).Body.GetProperty("changes")[0];
        Assert.Equal($"rollback to revision {first}", change.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Any_revision_will_do_and_a_deleted_flag_comes_back()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("flag", Noted("one"));
        var between = (await node.PutAsync("other", TestNode.Bool)).Revision;
        await node.SendAsync(HttpMethod.Delete, "/api/v1/flags/flag");

        Assert.Equal("one", NoteOf((await RollAsync(node, "flag", between)).Body));
    }

    [Fact]
    public async Task A_flag_that_did_not_exist_then_is_deleted_and_one_that_never_did_is_not_found()
    {
        await using var node = await TestNode.StartAsync();
        var before = (await node.PutAsync("other", TestNode.Bool)).Revision;
        await node.PutAsync("flag", TestNode.Bool);

        Assert.Equal(200, (await RollAsync(node, "flag", before)).Status);
        Assert.Equal(404, (await node.GetAsync("/api/v1/flags/flag")).Status);
        Assert.Equal(404, (await RollAsync(node, "flag", before)).Status);
    }

    [Fact]
    public async Task A_condition_is_honoured_and_a_retry_applies_once()
    {
        await using var node = await TestNode.StartAsync();
        var first = (await node.PutAsync("flag", Noted("one"))).Revision;
        var second = (await node.PutAsync("flag", Noted("two"))).Revision;

        var missed = await RollAsync(node, "flag", first, ("If-Match", $"\"{first}\""));
        Assert.Equal((412, second), (missed.Status, missed.Body.GetProperty("actualRevision").GetInt64()));

        (string, string)[] sent = [("If-Match", $"\"{second}\""), ("Idempotency-Key", "0198f3a2-6b0c-7c3e-9d7a-3f1f0a2b4c5d")];
        var once = await RollAsync(node, "flag", first, sent);
        var twice = await RollAsync(node, "flag", first, sent);
        Assert.Equal((200, 200, once.Revision), (once.Status, twice.Status, twice.Revision));
        Assert.Equal(3, node.Log.Appended);
    }

    [Fact]
    public async Task What_has_aged_out_is_gone_and_the_answer_names_the_oldest_that_is_kept()
    {
        await using var node = await TestNode.StartAsync();
        var first = (await node.PutAsync("flag", Noted("first"))).Revision;
        for (var i = 0; i < Limits.HistoryPerFlag; i++)
            await node.PutAsync("flag", Noted($"{i}"));

        var gone = await RollAsync(node, "flag", first);
        Assert.Equal((410, "history-gone", "no"), (gone.Status, gone.Kind, gone.Body.GetProperty("applied").GetString()));
        Assert.Equal(200, (await RollAsync(node, "flag", gone.Body.GetProperty("oldestRevision").GetInt64())).Status);

        var fabric = await RollAsync(node, $$"""{"toRevision":{{first}}}""");
        Assert.Equal(410, fabric.Status);
        Assert.Contains("\"flag\"", fabric.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_future_and_what_makes_no_sense_are_refused()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("flag", TestNode.Bool);

        Assert.Equal(400, (await RollAsync(node, "flag", 99)).Status);
        Assert.Equal(400, (await RollAsync(node, """{"toRevision":99}""")).Status);
        Assert.Equal(400, (await RollAsync(node, "{}")).Status);
        Assert.Equal(400, (await RollAsync(node, """{"toRevision":1,"changeSet":2}""")).Status);
        Assert.Equal(400, (await RollAsync(node, """{"toRevision":"1"}""")).Status);
        Assert.Equal(1, node.Log.Appended);
    }

    [Fact]
    public async Task The_whole_fabric_goes_back_in_one_change_set_after_a_dry_run_that_changes_nothing()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("changed", Noted("one"));
        await node.PutAsync("deleted", Noted("one"));
        var then = (await node.PutAsync("untouched", TestNode.Bool)).Revision;
        await node.PutAsync("changed", Noted("two"));
        await node.PutAsync("new", TestNode.Bool);
        await node.PutAsync("untouched", TestNode.Bool);
        await node.SendAsync(HttpMethod.Delete, "/api/v1/flags/deleted");
        var appended = node.Log.Appended;
        (string?, string?)[] expected = [("changed", "put"), ("deleted", "put"), ("new", "delete")];

        var dry = await RollAsync(node, $$"""{"toRevision":{{then}},"dryRun":true}""");
        Assert.Equal((200, JsonValueKind.Null), (dry.Status, dry.Body.GetProperty("revision").ValueKind));
        Assert.Equal(expected, Flags(dry));
        Assert.Equal(appended, node.Log.Appended);

        var done = await RollAsync(node, $$"""{"toRevision":{{then}},"message":"it was better"}""");
        Assert.Equal(expected, Flags(done));
        Assert.Equal(appended + 1, node.Log.Appended);
        var flags = (await node.GetAsync("/api/v1/flags")).Body.GetProperty("flags").EnumerateArray().ToDictionary(static flag => flag.GetProperty("key").GetString()!);
        Assert.Equal(["changed", "deleted", "untouched"], flags.Keys.Order());
        Assert.Equal(("one", "one"), (NoteOf(flags["changed"]), NoteOf(flags["deleted"])));

        var again = await RollAsync(node, $$"""{"toRevision":{{then}}}""");
        Assert.Equal((200, done.Revision), (again.Status, again.Revision));
        Assert.Empty(Flags(again));
    }

    [Fact]
    public async Task A_change_set_is_taken_back_alone_and_not_when_its_flags_changed_since()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("a", Noted("one"));
        await node.PutAsync("other", Noted("one"));
        var set = (await node.SendAsync(HttpMethod.Post, "/api/v1/changes",
            $$$"""{"changes":[{"put":{"key":"a","definition":{{{Noted("two")}}}}},{"put":{"key":"b","definition":{{{TestNode.Bool}}}}}]}""")).Revision;
        await node.PutAsync("other", Noted("two"));

        var back = await RollAsync(node, $$"""{"changeSet":{{set}}}""");

        Assert.Equal([("a", "put"), ("b", "delete")], Flags(back));
        Assert.Equal("one", NoteOf((await node.GetAsync("/api/v1/flags/a")).Body));
        Assert.Equal("two", NoteOf((await node.GetAsync("/api/v1/flags/other")).Body));
        var since = await RollAsync(node, $$"""{"changeSet":{{set}}}""");
        Assert.Equal((409, back.Revision), (since.Status, since.Body.GetProperty("actualRevision").GetInt64()));
    }

    [Fact]
    public async Task A_rollback_that_does_not_fit_one_change_set_says_how_many_flags_differ()
    {
        await using var node = await TestNode.StartAsync(capacity: 400);
        var then = (await node.PutAsync("first", TestNode.Bool)).Revision;
        for (var i = 0; i <= Limits.ChangesPerSet; i++)
            await node.PutAsync($"flag-{i}", TestNode.Bool);

        var refused = await RollAsync(node, $$"""{"toRevision":{{then}},"dryRun":true}""");

        Assert.Equal((422, "rollback-too-large"), (refused.Status, refused.Kind));
        Assert.Contains($"{Limits.ChangesPerSet + 1} flags differ", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_writes_meanwhile_is_not_overwritten_unseen()
    {
        await using var node = await TestNode.StartAsync();
        var first = (await node.PutAsync("flag", Noted("one"))).Revision;
        await node.PutAsync("flag", Noted("two"));
        var proposed = 0;
        node.Consensus.Interfere = changes =>
        {
            if (++proposed == 1)
                node.Log.Append(changes with { OperationId = Guid.NewGuid(), Changes = [changes.Changes[0] with { IfRevision = null }] });
            return Task.FromResult<Fabric.Raft.Proposal?>(null);
        };

        var back = await RollAsync(node, "flag", first);

        Assert.Equal((200, 2), (back.Status, proposed));
        Assert.Equal(back.Revision - 2, (await node.GetAsync("/api/v1/flags/flag/history")).Body.GetProperty("changes")[0].GetProperty("previousRevision").GetInt64());
    }
}
