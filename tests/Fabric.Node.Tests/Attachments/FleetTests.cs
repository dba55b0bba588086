using System.Text.Json;
using Fabric.Flags;
using Fabric.Flags.Attachments;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Attachments;

/// <summary>Three nodes over one log, each with a host of its own.</summary>
public sealed class FleetTests : IAsyncLifetime
{
    private const string Route = "/api/v1/attachments";
    private const string App = """{"exe":"/opt/app","symbol":"is_enabled"}""";
    private static readonly string[] Names = ["a", "b", "c"];
    private ThreeNodes _nodes = null!;

    public async ValueTask InitializeAsync() => _nodes = await ThreeNodes.StartAsync();

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    private static string[] StatesOf(JsonElement attachment) =>
        [.. attachment.GetProperty("hosts").EnumerateArray().Select(static host => $"{host.GetProperty("host").GetString()} {host.GetProperty("state").GetString()}")];

    [Fact]
    public async Task An_attachment_put_at_any_node_reaches_every_door_and_leaves_it_again()
    {
        foreach (var name in Names)
        {
            var put = await _nodes[name].SendAsync(HttpMethod.Put, Route, $$"""{"exe":"/opt/{{name}}","symbol":"f"}""");
            Assert.Equal(201, put.Status);
        }

        foreach (var name in Names)
            await Eventually.HoldsAsync(() => _nodes[name].Door.Wanted?.Count == 3);
        Assert.Equal(200, (await _nodes["c"].SendAsync(HttpMethod.Delete, $"{Route}?exe=/opt/a&symbol=f")).Status);
        foreach (var name in Names)
            await Eventually.HoldsAsync(() => _nodes[name].Door.Wanted?.Count == 2);
    }

    [Fact]
    public async Task One_node_tells_of_all_hosts_and_of_those_that_do_not_answer()
    {
        _nodes["a"].Door.Appear("/opt/app", "00112233");
        _nodes["b"].Door.Appear("/opt/app", "44556677");
        var put = await _nodes["b"].SendAsync(HttpMethod.Put, Route, """{"exe":"/opt/app","symbol":"is_enabled","buildIds":["00112233"]}""");
        foreach (var name in Names)
            await Eventually.HoldsAsync(() => _nodes[name].Door.Wanted?.Count == 1);

        var listed = (await _nodes["c"].GetAsync(Route)).Body.GetProperty("attachments")[0];
        Assert.Equal(["a attached", "b refused", "c absent"], StatesOf(listed));
        Assert.Equal(put.Revision, listed.GetProperty("revision").GetInt64());

        _nodes["b"].Door.Hold();
        _nodes.Log.Leader = "c";
        await _nodes["a"].Host.DisposeAsync();
        var after = (await _nodes["c"].GetAsync(Route)).Body.GetProperty("attachments")[0];
        Assert.Equal(["a unreachable", "b pending", "c absent"], StatesOf(after));
        Assert.NotEqual("", after.GetProperty("hosts")[0].GetProperty("reason").GetString());
        Assert.Equal(["c absent"], StatesOf((await _nodes["c"].GetAsync($"{Route}?scope=host")).Body.GetProperty("attachments")[0]));
    }

    [Fact]
    public async Task A_host_that_is_behind_is_pending_and_not_taken_for_what_it_was()
    {
        _nodes["c"].Door.Appear("/opt/app", null);
        await _nodes["a"].SendAsync(HttpMethod.Put, Route, App);
        await Eventually.HoldsAsync(() => _nodes["c"].Door.Wanted?.Count == 1);
        _nodes["c"].Consensus.Deaf = true;
        await _nodes["a"].SendAsync(HttpMethod.Put, Route, App);

        var listed = (await _nodes["a"].GetAsync(Route)).Body.GetProperty("attachments")[0];
        Assert.Equal("c pending", StatesOf(listed)[2]);
        _nodes["c"].Consensus.Deaf = false;
    }

    [Fact]
    public async Task The_fleet_can_be_looked_at_build_by_build()
    {
        _nodes["a"].Door.Appear("/opt/app", "00112233");
        _nodes["b"].Door.Appear("/opt/app", "00112233");
        _nodes["c"].Door.Appear("/opt/app", "44556677");
        await _nodes["a"].SendAsync(HttpMethod.Put, Route, """{"exe":"/opt/app","symbol":"is_enabled","buildIds":["00112233"]}""");
        foreach (var name in Names)
            await Eventually.HoldsAsync(() => _nodes[name].Door.Wanted?.Count == 1);

        var builds = (await _nodes["b"].GetAsync("/api/v1/builds")).Body.GetProperty("builds");
        Assert.Equal(
            [
                """{"exe":"/opt/app","symbol":"is_enabled","buildId":"00112233","hosts":[{"host":"a","state":"attached","files":1,"attached":1},{"host":"b","state":"attached","files":1,"attached":1}]}""",
                """{"exe":"/opt/app","symbol":"is_enabled","buildId":"44556677","hosts":[{"host":"c","state":"refused","files":1,"attached":0}]}""",
            ],
            builds.EnumerateArray().Select(static build => build.GetRawText()));
    }

    [Fact]
    public async Task Of_two_that_attach_under_one_condition_one_loses_whatever_node_they_ask()
    {
        var answers = await Task.WhenAll(Names.Select(name => _nodes[name].SendAsync(HttpMethod.Put, Route, App, ("If-None-Match", "*"))));
        Assert.Equal([201, 412, 412], answers.Select(static answer => answer.Status).Order());
        Assert.All(answers.Where(static answer => answer.Status == 412), static answer => Assert.Contains("the attachment", answer.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_fabric_is_full_at_so_many_attachments()
    {
        for (var sent = 0; sent < Limits.Attachments; sent += Limits.ChangesPerSet)
        {
            var puts = Enumerable.Range(sent, Limits.ChangesPerSet).Select(static i => $$$"""{"put":{"exe":"/opt/{{{i}}}","symbol":"f"}}""");
            var set = await _nodes["b"].SendAsync(HttpMethod.Post, "/api/v1/changes", $$"""{"attachments":[{{string.Join(',', puts)}}]}""");
            Assert.Equal(200, set.Status);
        }

        var full = await _nodes["b"].SendAsync(HttpMethod.Put, Route, App);
        Assert.Equal((507, "full", "the fabric holds at most 1024 attachments"), (full.Status, full.Kind, full.Detail));
        Assert.Equal(Limits.Attachments, (await _nodes["c"].GetAsync($"{Route}?scope=host")).Body.GetProperty("attachments").GetArrayLength());
        Assert.Equal(200, (await _nodes["b"].SendAsync(HttpMethod.Delete, $"{Route}/{AttachmentId.Of("/opt/7", "f")}")).Status);
        Assert.Equal(201, (await _nodes["b"].SendAsync(HttpMethod.Put, Route, App)).Status);
    }
}
