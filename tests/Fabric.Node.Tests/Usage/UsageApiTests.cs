using System.Text.Json;
using Fabric.Bpf.Usage;
using Fabric.Node.Tests.Fakes;
using static Fabric.Node.Tests.Usage.Rows;

namespace Fabric.Node.Tests.Usage;

/// <summary>GET /api/v1/usage, over one node and over three.</summary>
public sealed class UsageApiTests
{
    private const string Disabled = """{"state":"DISABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}""";

    [Fact]
    public async Task A_flag_is_shown_with_its_doors_its_variants_and_who_asked()
    {
        await using var node = await ReadyAsync("a", "b");
        node.Table.Counted.Put("1", ended: false, Of("a", on: 5, off: 2, defaults: 1), Of("a", on: 1, exe: "/bin/till"));
        node.Table.Counted.Kernel = new KernelReading("e", [Of("a", on: 10, exe: "/bin/till", door: UsageDoor.Override)], 4, OutOfMemory: 3);
        var body = (await node.GetAsync("/api/v1/usage")).Body;

        var flag = body.GetProperty("flags")[0];
        Assert.Equal(("a", 19, 1), (flag.GetProperty("key").GetString(), flag.GetProperty("evaluations").GetInt64(), flag.GetProperty("defaults").GetInt64()));
        Assert.Equal("""{"override":10,"shared":9,"remote":0}""", flag.GetProperty("doors").GetRawText());
        Assert.Equal("""{"off":2,"on":16}""", flag.GetProperty("variants").GetRawText());
        Assert.Equal(Begun, flag.GetProperty("first").GetDateTimeOffset());
        Assert.InRange(flag.GetProperty("last").GetDateTimeOffset(), DateTimeOffset.UtcNow - TimeSpan.FromMinutes(1), DateTimeOffset.UtcNow);
        Assert.Equal(["/bin/till 11", "/bin/shop 8"], Callers(flag));
        var host = Assert.Single(body.GetProperty("hosts").EnumerateArray());
        Assert.Equal(("a", true, 4), (host.GetProperty("name").GetString(), host.GetProperty("answered").GetBoolean(), host.GetProperty("unattributed").GetInt64()));
        Assert.Equal(3, host.GetProperty("outOfMemory").GetInt64());
    }

    [Fact]
    public async Task Flags_that_nobody_asks_for_are_stale_and_names_that_no_flag_has_are_unknown()
    {
        await using var node = await ReadyAsync("asked", "never");
        node.Table.Counted.Put("1", ended: false, Of("asked", on: 1), Missed("typo", 3), Missed("asked", 2));
        var body = (await node.GetAsync("/api/v1/usage")).Body;
        Assert.Equal(["never"], Texts(body, "stale"));
        var unknown = Assert.Single(body.GetProperty("unknown").EnumerateArray());
        Assert.Equal(("typo", 3), (unknown.GetProperty("name").GetString(), unknown.GetProperty("evaluations").GetInt64()));
        // What was asked for before the flag was there was answered by the caller's own default.
        Assert.Equal((3, 2), (body.GetProperty("flags")[0].GetProperty("evaluations").GetInt64(), body.GetProperty("flags")[0].GetProperty("defaults").GetInt64()));

        await Task.Delay(1100, TestContext.Current.CancellationToken);
        Assert.Equal(["asked", "never"], Texts((await node.GetAsync("/api/v1/usage?staleAfter=1s")).Body, "stale"));
        Assert.Equal(["never"], Texts((await node.GetAsync("/api/v1/usage?staleAfter=1h")).Body, "stale"));
    }

    [Fact]
    public async Task Evaluations_over_http_are_counted_by_the_node()
    {
        await using var node = await ReadyAsync("a");
        await node.PutAsync("out", Disabled);
        foreach (var key in new[] { "a", "a", "out", "nobody-has-this" })
            await node.SendAsync(HttpMethod.Post, $"/ofrep/v1/evaluate/flags/{key}", "{}");
        await node.SendAsync(HttpMethod.Post, "/ofrep/v1/evaluate/flags", "{}");

        var body = (await node.GetAsync("/api/v1/usage")).Body;
        var (a, other) = (body.GetProperty("flags")[0], body.GetProperty("flags")[1]);
        Assert.Equal("""{"override":0,"shared":0,"remote":2}""", a.GetProperty("doors").GetRawText());
        Assert.Equal("""{"on":2}""", a.GetProperty("variants").GetRawText());
        Assert.Equal((1, 1), (other.GetProperty("evaluations").GetInt64(), other.GetProperty("defaults").GetInt64()));
        Assert.Equal("nobody-has-this", body.GetProperty("unknown")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Sheets_of_ended_processes_are_taken_away_once_the_node_has_saved_their_counts()
    {
        var node = await ReadyAsync("a");
        node.Table.Counted.Put("1", ended: true, Of("a", on: 5));
        node.Table.Counted.Put("2", ended: false, Of("a", on: 1));
        Assert.Equal(6, Evaluations(await node.GetAsync("/api/v1/usage")));
        Assert.Equal(6, Evaluations(await node.GetAsync("/api/v1/usage")));
        await node.DisposeAsync(); // saves
        Assert.Equal(["2"], node.Table.Counted.Sheets);
    }

    [Fact]
    public async Task Pages_go_on_after_a_key_and_one_flag_is_asked_for_by_its_key()
    {
        await using var node = await ReadyAsync("a", "b", "c");
        var first = (await node.GetAsync("/api/v1/usage?limit=2")).Body;
        Assert.Equal(["a", "b"], Keys(first));
        Assert.Equal("b", first.GetProperty("next").GetString());
        var last = (await node.GetAsync("/api/v1/usage?limit=2&after=b")).Body;
        Assert.Equal(["c"], Keys(last));
        Assert.Equal(JsonValueKind.Null, last.GetProperty("next").ValueKind);
        Assert.Equal(["b"], Keys((await node.GetAsync("/api/v1/usage?flag=b")).Body));
        Assert.Empty(Keys((await node.GetAsync("/api/v1/usage?flag=d")).Body));
    }

    [Fact]
    public async Task What_cannot_be_asked_is_refused_with_all_reasons()
    {
        await using var node = await ReadyAsync("a");
        var answer = await node.GetAsync("/api/v1/usage?scope=world&limit=0&staleAfter=soon&colour=red");
        Assert.Equal((400, "invalid-request"), (answer.Status, answer.Kind));
        Assert.Equal(["?colour", "?scope", "?limit", "?staleAfter"], answer.ErrorPaths);
    }

    [Fact]
    public async Task The_fleets_sums_are_of_all_hosts_that_answer_and_name_the_others()
    {
        await using var three = await ThreeNodes.StartAsync(static options => options with { PeerTimeout = TimeSpan.FromSeconds(5) });
        foreach (var key in new[] { "a", "b", "never" })
            Assert.Equal(201, (await three["a"].PutAsync(key, TestNode.Bool)).Status);
        three["a"].Table.Counted.Put("1", ended: false, Of("a", on: 1), Of("b", on: 2, exe: "/bin/till"));
        three["b"].Table.Counted.Put("1", ended: false, Of("a", on: 10, off: 20), Missed("typo", 5));
        three["c"].Table.Counted.Put("1", ended: false, Of("a", on: 100, exe: "/bin/till"), Missed("typo", 7));
        foreach (var name in new[] { "a", "b", "c" })
            await Eventually.HoldsAsync(() => three[name].Table.Rows.Count == 3);

        var body = (await three["b"].GetAsync("/api/v1/usage?scope=fleet")).Body;
        Assert.Equal(["a", "b", "c"], body.GetProperty("hosts").EnumerateArray().Select(static host => host.GetProperty("name").GetString()));
        var a = body.GetProperty("flags")[0];
        Assert.Equal((131, """{"off":20,"on":111}"""), (a.GetProperty("evaluations").GetInt64(), a.GetProperty("variants").GetRawText()));
        Assert.Equal(["/bin/till 100", "/bin/shop 31"], Callers(a));
        Assert.Equal(12, body.GetProperty("unknown")[0].GetProperty("evaluations").GetInt64());
        Assert.Equal(["never"], Texts(body, "stale"));

        var page = (await three["b"].GetAsync("/api/v1/usage?scope=fleet&limit=1")).Body;
        Assert.Equal("a then a", $"{Assert.Single(Keys(page))} then {page.GetProperty("next").GetString()}");
        Assert.Equal(["b", "never"], Keys((await three["b"].GetAsync("/api/v1/usage?scope=fleet&after=a")).Body));

        await three["c"].Host.DisposeAsync();
        var without = (await three["b"].GetAsync("/api/v1/usage?scope=fleet")).Body;
        var silent = without.GetProperty("hosts")[2];
        Assert.Equal(("c", false), (silent.GetProperty("name").GetString(), silent.GetProperty("answered").GetBoolean()));
        Assert.NotEmpty(silent.GetProperty("error").GetString()!);
        Assert.Equal(31, without.GetProperty("flags")[0].GetProperty("evaluations").GetInt64());
    }

    private static async Task<TestNode> ReadyAsync(params string[] flags)
    {
        var node = await TestNode.StartAsync();
        foreach (var flag in flags)
            Assert.Equal(201, (await node.PutAsync(flag, TestNode.Bool)).Status);
        await Eventually.HoldsAsync(() => node.Table.Rows.Count == flags.Length);
        return node;
    }

    private static long Evaluations(Answer answer) => answer.Body.GetProperty("flags")[0].GetProperty("evaluations").GetInt64();

    private static string[] Texts(JsonElement body, string name) => [.. body.GetProperty(name).EnumerateArray().Select(static one => one.GetString()!)];

    private static string[] Keys(JsonElement body) => [.. body.GetProperty("flags").EnumerateArray().Select(static flag => flag.GetProperty("key").GetString()!)];

    private static string[] Callers(JsonElement of) =>
        [.. of.GetProperty("callers").EnumerateArray().Select(static caller => $"{caller.GetProperty("exe").GetString()} {caller.GetProperty("evaluations").GetInt64()}")];
}
