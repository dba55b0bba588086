using System.Text.Json;
using Fabric.Node.Options;
using Fabric.Node.Tests.Fakes;
using Fabric.Raft;

namespace Fabric.Node.Tests.Api;

public sealed class ImportTests : IAsyncLifetime
{
    private const string Remote = """{"state":"ENABLED","variants":{"on":true,"off":false},"targeting":{"if":[{"some":[{"var":"roles"},{"==":[{"var":""},"admin"]}]},"on"]}}""";

    private TestNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await TestNode.StartAsync(capacity: 1000);

    public async ValueTask DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_file_is_one_change_set_and_says_what_became_of_each_flag()
    {
        var same = (await _node.PutAsync("same", TestNode.Bool)).Revision;
        await _node.PutAsync("other", Remote);
        var answer = await ImportAsync("""{"flags":{"new":BOOL,"same":BOOL,"other":BOOL,"remote":REMOTE}}""");

        Assert.Equal((200, "created unchanged updated created"), (answer.Status, Results(answer)));
        Assert.Equal((2, 1, 1, 0), (Count(answer, "created"), Count(answer, "updated"), Count(answer, "unchanged"), Count(answer, "refused")));
        Assert.Equal((1, false), (Count(answer, "changeSets"), answer.Body.GetProperty("dryRun").GetBoolean()));
        Assert.Equal([answer.Revision, same, answer.Revision, answer.Revision], Flags(answer).Select(flag => flag.GetProperty("revision").GetInt64()));
        Assert.Equal("""["http"]""", Flags(answer)[3].GetProperty("evaluableIn").GetRawText());
        Assert.Contains("/targeting", Flags(answer)[3].GetProperty("evaluableInReason").GetString(), StringComparison.Ordinal);
        Assert.False(Flags(answer)[0].TryGetProperty("evaluableInReason", out _));
        Assert.Equal(3, _node.Log.Appended);
        Assert.Equal((same, answer.Revision), (_node.Log.State.Flags.Flags["same"].Revision, _node.Log.State.Flags.Flags["other"].Revision));
    }

    [Fact]
    public async Task Flags_say_why_they_are_not_evaluated_everywhere()
    {
        var put = await _node.PutAsync("remote", Remote);
        var reason = put.Body.GetProperty("evaluableInReason").GetString();
        Assert.Contains("/targeting", reason, StringComparison.Ordinal);
        Assert.Equal(reason, (await _node.GetAsync("/api/v1/flags/remote")).Body.GetProperty("evaluableInReason").GetString());
        Assert.Equal(reason, (await _node.GetAsync("/api/v1/flags")).Body.GetProperty("flags")[0].GetProperty("evaluableInReason").GetString());
        Assert.False((await _node.PutAsync("plain", TestNode.Bool)).Body.TryGetProperty("evaluableInReason", out _));
        Assert.Equal(200, (await _node.PutAsync("remote", put.Body.GetRawText())).Status);

        var changes = await _node.SendAsync(HttpMethod.Post, "/api/v1/changes", Fill("""{"changes":[{"put":{"key":"remote","definition":REMOTE}},{"delete":{"key":"plain"}}]}"""));
        Assert.Equal(reason, Assert.Single(changes.Body.GetProperty("flags").EnumerateArray()).GetProperty("evaluableInReason").GetString());
    }

    [Fact]
    public async Task A_dry_run_says_the_same_and_writes_nothing()
    {
        var before = _node.Log.State;
        var answer = await ImportAsync("""{"flags":{"new":BOOL}}""", "?dryRun=true");
        Assert.Equal((200, "created", true), (answer.Status, Results(answer), answer.Body.GetProperty("dryRun").GetBoolean()));
        Assert.False(Flags(answer)[0].TryGetProperty("revision", out _));
        Assert.Same(before, _node.Log.State);
        Assert.Equal(422, (await ImportAsync("""{"flags":{"new":BOOL,"bad":{}}}""", "?dryRun=true")).Status);
        Assert.Equal(507, (await ImportAsync(Many(1001), "?dryRun=true")).Status);
        Assert.Same(before, _node.Log.State);
    }

    [Fact]
    public async Task One_refused_flag_refuses_the_file_with_its_places_in_it()
    {
        var before = _node.Log.State;
        var answer = await ImportAsync("""{"flags":{"good":BOOL,"a/b":BOOL,"bad":{"state":"MAYBE","variants":{"on":true},"targeting":{"if":[{"$ref":"gone"},"on"]}}}}""");
        Assert.Equal((422, "import-refused", "no"), (answer.Status, answer.Kind, answer.Body.GetProperty("applied").GetString()));
        Assert.Equal("notApplied refused refused", Results(answer));
        Assert.Equal(["/flags/a~1b", "/flags/bad/targeting/if/0/$ref", "/flags/bad/state"],
            Flags(answer).Skip(1).SelectMany(flag => flag.GetProperty("problems").EnumerateArray()).Select(problem => problem.GetProperty("path").GetString()));
        Assert.Same(before, _node.Log.State);

        var partial = await ImportAsync("""{"flags":{"good":BOOL,"bad":{}}}""", "?partial=true");
        Assert.Equal((200, "created refused"), (partial.Status, Results(partial)));
        Assert.Equal(["good"], _node.Log.State.Flags.Flags.Keys);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("{", "")]
    [InlineData("""{"flags":{"a":{},"a":{}}}""", "")]
    [InlineData("""{"flags":{},"$evaluators":{"x":{}}}""", "/$evaluators/x")]
    public async Task A_file_that_is_broken_as_a_whole_is_an_invalid_request(string body, string path)
    {
        var answer = await ImportAsync(body, "?partial=true");
        Assert.Equal((400, "invalid-request"), (answer.Status, answer.Kind));
        Assert.Equal([path], answer.ErrorPaths);
    }

    [Theory]
    [InlineData("?dryRun=yes", "?dryRun")]
    [InlineData("?dryrun=true", "?dryrun")]
    [InlineData("?partial=1", "?partial")]
    public async Task A_parameter_that_is_not_understood_writes_nothing(string query, string path)
    {
        Assert.Equal([path], (await ImportAsync("""{"flags":{"new":BOOL}}""", query)).ErrorPaths);
        Assert.Equal(0, _node.Log.Appended);
    }

    [Fact]
    public async Task A_large_file_goes_in_several_sets_within_the_bounds_of_the_log()
    {
        var answer = await ImportAsync(Many(300));
        Assert.Equal((200, 3, 300), (answer.Status, Count(answer, "changeSets"), Count(answer, "created")));
        Assert.Equal([128, 128, 44], _node.Log.State.Flags.Flags.Values.GroupBy(flag => flag.Revision).OrderBy(group => group.Key).Select(group => group.Count()));

        var wide = string.Join(',', Enumerable.Range(0, 3).Select(i => $$$"""{"key":"wide-{{{i}}}","state":"ENABLED","variants":{"a":"{{{new string('x', 40_000)}}}"}}"""));
        Assert.Equal(3, Count(await ImportAsync($$"""{"flags":[{{wide}}]}"""), "changeSets"));
    }

    [Fact]
    public async Task Flags_that_are_needed_come_before_those_that_need_them()
    {
        // Each of the first is as large as half a set, and needs one that stands at the end of the file.
        var large = Enumerable.Range(0, 4).Select(i => $$$"""
            {"key":"large-{{{i}}}","state":"ENABLED","variants":{"a":"{{{new string('x', 30_000)}}}"},"prerequisites":[{"flag":"base","variant":"on"}]}
            """);
        var answer = await ImportAsync($$"""{"flags":[{{string.Join(',', large)}},{"key":"base",{{TestNode.Bool[1..]}}]}""");
        Assert.Equal((200, 2), (answer.Status, Count(answer, "changeSets")));
        var flags = _node.Log.State.Flags.Flags;
        Assert.Equal(flags.Values.Min(flag => flag.Revision), flags["base"].Revision);
    }

    [Fact]
    public async Task Flags_that_need_what_is_not_there_are_refused_by_name_and_so_are_those_that_need_them()
    {
        const string file = """
            {"flags":{"top":{"state":"ENABLED","variants":{"on":true},"prerequisites":[{"flag":"middle","variant":"on"}]},
                      "middle":{"state":"ENABLED","variants":{"on":true},"prerequisites":[{"flag":"gone","variant":"on"}]},
                      "sound":BOOL}}
            """;
        var answer = await ImportAsync(file);
        Assert.Equal((422, "import-refused", "refused refused notApplied"), (answer.Status, answer.Kind, Results(answer)));
        var problem = Flags(answer)[1].GetProperty("problems")[0];
        Assert.Equal("/flags/middle", problem.GetProperty("path").GetString());
        Assert.Contains("\"gone\"", problem.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, _node.Log.Appended);

        Assert.Equal("refused refused created", Results(await ImportAsync(file, "?partial=true")));
        Assert.Equal(["sound"], _node.Log.State.Flags.Flags.Keys);
    }

    [Fact]
    public async Task A_retry_with_the_same_key_applies_nothing_twice()
    {
        var id = Guid.NewGuid().ToString();
        Assert.Equal("created", Results(await ImportAsync("""{"flags":{"new":BOOL}}""", "", id)));
        var revision = _node.Log.State.Flags.Flags["new"].Revision;
        Assert.Equal("unchanged", Results(await ImportAsync("""{"flags":{"new":BOOL}}""", "", id)));

        // Somebody else's change in between stays: the import has had its turn.
        await _node.PutAsync("new", Remote);
        var late = await ImportAsync("""{"flags":{"new":BOOL}}""", "", id);
        Assert.Equal((200, revision), (late.Status, Flags(late)[0].GetProperty("revision").GetInt64()));
        Assert.Contains("earlier attempt", Flags(late)[0].GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(Remote, System.Text.Encoding.UTF8.GetString(_node.Log.State.Flags.Flags["new"].Definition.Json.Span));
        Assert.Equal(422, (await ImportAsync("""{"flags":{"another":BOOL}}""", "", id)).Status);
    }

    [Fact]
    public async Task An_import_that_stops_says_what_is_applied_what_is_unknown_and_what_is_not_and_a_retry_ends_it()
    {
        var (id, sets) = (Guid.NewGuid().ToString(), 0);
        _node.Consensus.Interfere = async _ =>
        {
            await Task.Yield();
            return ++sets < 2 ? null : new Proposal.Unknown("the leader went away");
        };
        var answer = await ImportAsync(Many(300), "", id);
        Assert.Equal((504, "outcome-unknown", "unknown"), (answer.Status, answer.Kind, answer.Body.GetProperty("applied").GetString()));
        Assert.Equal((128, 128, 44), (Count(answer, "created"), Count(answer, "unknown"), Count(answer, "notApplied")));
        Assert.StartsWith("1 of 3 change sets were applied", answer.Detail, StringComparison.Ordinal);
        Assert.Contains(id, answer.Detail, StringComparison.Ordinal);
        Assert.Equal(id, answer.Body.GetProperty("operationId").GetString());

        _node.Consensus.Interfere = null;
        var retry = await ImportAsync(Many(300), "", id);
        Assert.Equal((200, 172, 128), (retry.Status, Count(retry, "created"), Count(retry, "unchanged")));
        Assert.Equal(3, _node.Log.Appended);
    }

    [Fact]
    public async Task A_set_that_was_applied_although_nobody_heard_is_not_applied_again()
    {
        var (id, sets) = (Guid.NewGuid().ToString(), 0);
        _node.Consensus.Interfere = async changes =>
        {
            await Task.Yield();
            if (++sets == 1)
                return null;
            _node.Log.Append(changes);
            return new Proposal.Unknown("the leader went away");
        };
        Assert.Equal(504, (await ImportAsync(Many(300), "", id)).Status);
        _node.Consensus.Interfere = null;
        var retry = await ImportAsync(Many(300), "", id);
        Assert.Equal((200, 44, 256), (retry.Status, Count(retry, "created"), Count(retry, "unchanged")));
        Assert.Equal(3, _node.Log.Appended);
    }

    [Fact]
    public async Task A_set_that_is_definitely_refused_leaves_the_import_partly_applied()
    {
        var sets = 0;
        _node.Consensus.Interfere = changes => Task.FromResult<Proposal?>(++sets < 3 ? null : new Proposal.Refused("the disk is full"));
        var answer = await ImportAsync(Many(300));
        Assert.Equal((503, "partly"), (answer.Status, answer.Body.GetProperty("applied").GetString()));
        Assert.Equal((256, 0, 44), (Count(answer, "created"), Count(answer, "unknown"), Count(answer, "notApplied")));
    }

    [Fact]
    public async Task A_fabric_that_cannot_hold_the_file_refuses_it_before_anything_is_written()
    {
        var answer = await ImportAsync(Many(1001));
        Assert.Equal((507, "full", 1001), (answer.Status, answer.Kind, Count(answer, "notApplied")));
        Assert.Equal(0, _node.Log.Appended);
    }

    [Fact]
    public async Task A_file_may_be_larger_than_a_request_with_one_definition_and_has_a_bound_of_its_own()
    {
        await using var node = await TestNode.StartAsync(with: options => options with { Limits = new NodeLimits { BodyBytes = 2048, ImportBytes = 10_000 } });
        var answer = await node.SendAsync(HttpMethod.Post, "/api/v1/import", """{"flags":{}}""" + new string(' ', 5000));
        Assert.Equal(200, answer.Status);
        var large = await node.SendAsync(HttpMethod.Post, "/api/v1/import", """{"flags":{}}""" + new string(' ', 10_000));
        Assert.Equal((413, "too-large"), (large.Status, large.Kind));
    }

    [Fact]
    public async Task What_is_exported_is_unchanged_when_it_is_imported()
    {
        await ImportAsync(Many(300));
        await _node.PutAsync("quoted \"ä\" ~%2B".Replace("\"", "%22", StringComparison.Ordinal), Remote);
        using var response = await _node.Client.GetAsync(new Uri("/api/v1/export", UriKind.Relative), TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal($"{_node.Log.State.Flags.Revision}", Assert.Single(response.Headers.GetValues("Fabric-Revision")));
        Assert.Equal(_node.Log.State.Flags.Flags.Keys, JsonDocument.Parse(text).RootElement.GetProperty("flags").EnumerateObject().Select(flag => flag.Name));

        var before = _node.Log.State;
        var answer = await _node.SendAsync(HttpMethod.Post, "/api/v1/import", text);
        Assert.Equal((200, 301, 0), (answer.Status, Count(answer, "unchanged"), Count(answer, "changeSets")));
        Assert.Same(before, _node.Log.State);
    }

    [Fact]
    public async Task A_local_export_needs_no_leader_and_others_do()
    {
        await _node.PutAsync("flag", TestNode.Bool);
        _node.Log.Leader = null;
        Assert.Equal(200, (await _node.GetAsync("/api/v1/export?consistency=local")).Status);
        Assert.Equal((503, "no-leader"), ((await _node.GetAsync("/api/v1/export")) is var answer ? answer.Status : 0, answer.Kind));
        Assert.Equal((503, "no-leader"), ((await ImportAsync("""{"flags":{"a":BOOL}}""")) is var import ? import.Status : 0, import.Kind));
    }

    private Task<Answer> ImportAsync(string body, string query = "", string? id = null) => _node.SendAsync(
        HttpMethod.Post, $"/api/v1/import{query}", Fill(body), id is null ? [] : [("Idempotency-Key", id)]);

    private static string Fill(string text) =>
        text.Replace("BOOL", TestNode.Bool, StringComparison.Ordinal).Replace("REMOTE", Remote, StringComparison.Ordinal);

    private static string Many(int count) => $$$"""{"flags":{{{{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"flag-{i:0000}\":BOOL"))}}}}}""";

    private static JsonElement Report(Answer answer) => answer.Body.TryGetProperty("report", out var report) ? report : answer.Body;

    private static int Count(Answer answer, string name) => Report(answer).GetProperty(name).GetInt32();

    private static JsonElement[] Flags(Answer answer) => [.. Report(answer).GetProperty("flags").EnumerateArray()];

    private static string Results(Answer answer) => string.Join(' ', Flags(answer).Select(flag => flag.GetProperty("result").GetString()));
}
