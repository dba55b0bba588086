using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Events;

public sealed class ChangeEventsTests
{
    private static Task<ChangeListener> OpenAsync(TestNode node, string query = "", string? lastEventId = null) =>
        ChangeListener.OpenAsync(node.Client, node.Host.Addresses[0], query, lastEventId);

    private static Task<Answer> SetAsync(TestNode node, string changes, params (string, string)[] headers) =>
        node.SendAsync(HttpMethod.Post, "/api/v1/changes", $$"""{"changes":[{{changes}}],"message":"why"}""", headers);

    private static string Put(string key) => $$$"""{"put":{"key":"{{{key}}}","definition":{{{TestNode.Bool}}}}}""";

    private static async Task<long[]> PutAsync(TestNode node, int count, string key = "flag")
    {
        var revisions = new List<long>();
        for (var i = 0; i < count; i++)
            revisions.Add((await node.PutAsync(key, TestNode.Bool)).Revision);
        return [.. revisions];
    }

    [Fact]
    public async Task An_event_is_a_whole_change_set_under_its_revision()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("old", TestNode.Bool);
        await using var stream = await OpenAsync(node);

        var set = await SetAsync(node, $$$"""{{{Put("new")}}},{"delete":{"key":"old"}}""", ("X-Fabric-Actor", "anna"));

        var (type, id, data) = (await stream.NextAsync())!.Value;
        Assert.Equal(("change", $"{set.Revision}"), (type, id));
        Assert.Equal(("anna", "claimed", "a", "why"), (data.GetProperty("actor").GetString(), data.GetProperty("actorSource").GetString(), data.GetProperty("node").GetString(), data.GetProperty("message").GetString()));
        Assert.NotNull(data.GetProperty("at").GetString());
        Assert.Equal([("new", "put", true), ("old", "delete", false)], data.GetProperty("changes").EnumerateArray().Select(static change =>
            (change.GetProperty("key").GetString(), change.GetProperty("kind").GetString(), change.GetProperty("definition").ValueKind == JsonValueKind.Object)));
    }

    [Fact]
    public async Task A_definition_in_many_lines_is_one_event()
    {
        await using var node = await TestNode.StartAsync();
        await using var stream = await OpenAsync(node);

        await node.PutAsync("flag", TestNode.Bool.Replace(",", ",\r\n\n  ", StringComparison.Ordinal));

        var definition = (await stream.NextAsync())!.Value.Data.GetProperty("changes")[0].GetProperty("definition");
        Assert.Equal("ENABLED", definition.GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_stream_begins_where_it_is_told_to_and_otherwise_now()
    {
        await using var node = await TestNode.StartAsync();
        var written = await PutAsync(node, 4);

        await using var after = await OpenAsync(node, $"?after={written[0]}");
        await using var resumed = await OpenAsync(node, $"?after={written[0]}", lastEventId: $"{written[2]}");
        await using var now = await OpenAsync(node);
        Assert.Equal($"{written[3]}", Assert.Single(now.Headers.GetValues("Fabric-Revision")));
        var last = await PutAsync(node, 1);

        foreach (var revision in (long[])[.. written[1..], .. last])
            Assert.Equal(revision, await after.RevisionAsync());
        Assert.Equal(written[3], await resumed.RevisionAsync());
        Assert.Equal(last[0], await now.RevisionAsync());
    }

    [Fact]
    public async Task A_filter_leaves_out_other_flags_and_still_moves_the_id()
    {
        await using var node = await TestNode.StartAsync();
        await using var stream = await OpenAsync(node, "?keys=shop-*");
        await using var one = await OpenAsync(node, "?keys=other");
        var mixed = (await SetAsync(node, $"{Put("shop-a")},{Put("other")}")).Revision;
        var others = await PutAsync(node, 3, "other");

        var event1 = (await stream.NextAsync())!.Value;
        Assert.Equal("shop-a", Assert.Single(event1.Data.GetProperty("changes").EnumerateArray()).GetProperty("key").GetString());
        Assert.Equal(mixed, await one.RevisionAsync());
        foreach (var revision in others)
            Assert.Equal(revision, await one.RevisionAsync());

        await using var raw = new RawStream(node, $"?keys=shop-*&after={mixed}");
        await raw.ReadUntilAsync($"id: {others[^1]}\n\n");
        Assert.DoesNotContain("event: ", raw.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?keys=a/b*")]
    [InlineData("?keys=")]
    [InlineData("?after=now")]
    [InlineData("?from=1")]
    public async Task What_makes_no_sense_is_refused(string query)
    {
        await using var node = await TestNode.StartAsync();
        Assert.Equal(400, (await node.GetAsync($"/api/v1/events{query}")).Status);
    }

    [Fact]
    public async Task What_is_no_longer_kept_is_gone_and_the_answer_names_the_oldest_that_is()
    {
        await using var node = await TestNode.StartAsync(with: options => options with { Limits = options.Limits with { EventsKept = 3 } });
        var written = await PutAsync(node, 6);

        var gone = await node.GetAsync($"/api/v1/events?after={written[1]}");

        Assert.Equal((410, "events-gone", "application/problem+json"), (gone.Status, gone.Kind, gone.Type));
        Assert.Equal(written[2], gone.Body.GetProperty("oldestRevision").GetInt64());
        await using var kept = await OpenAsync(node, $"?after={written[2]}");
        Assert.Equal(written[3], await kept.RevisionAsync());
    }

    [Fact]
    public async Task A_revision_that_the_fabric_never_had_is_gone_too_and_one_that_this_node_has_yet_to_reach_is_waited_for()
    {
        await using var three = await ThreeNodes.StartAsync();
        var written = (await three["a"].PutAsync("flag", TestNode.Bool)).Revision;
        Assert.Equal(410, (await three["b"].GetAsync($"/api/v1/events?after={written + 500}")).Status);

        await Eventually.HoldsAsync(() => three["b"].Consensus.State.AppliedIndex == written);
        three["b"].Consensus.Deaf = true;
        var unheard = (await three["a"].PutAsync("flag", TestNode.Bool)).Revision;
        var waiting = ChangeListener.AskAsync(three["b"].Client, three["b"].Host.Addresses[0], $"?after={unheard}");
        three["b"].Consensus.Deaf = false;
        three["b"].Consensus.Deliver(three.Log.State, ["flag"]);
        using var answer = await waiting;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task One_stream_too_many_is_refused_until_another_ends()
    {
        await using var node = await TestNode.StartAsync(with: options => options with { Limits = options.Limits with { ChangeStreams = 1 } });
        await using (await OpenAsync(node))
        {
            var refused = await node.GetAsync("/api/v1/events");
            Assert.Equal((503, "too-many-streams"), (refused.Status, refused.Kind));
            Assert.NotNull(refused.Header("Retry-After"));
        }

        await Eventually.HoldsAsync(async () =>
        {
            using var answer = await ChangeListener.AskAsync(node.Client, node.Host.Addresses[0]);
            return answer.IsSuccessStatusCode;
        });
    }

    [Fact]
    public async Task A_silent_stream_says_that_it_lives_and_at_which_revision()
    {
        await using var node = await TestNode.StartAsync(with: options => options with { EventsKeepAlive = TimeSpan.FromMilliseconds(50) });
        var written = await PutAsync(node, 1);
        await using var raw = new RawStream(node, "");

        await raw.ReadUntilAsync($": at revision {written[0]}\nid: {written[0]}\n\n");
    }

    [Fact]
    public async Task A_slow_client_is_cut_off_with_a_last_event_and_goes_on_where_it_was()
    {
        await using var node = await TestNode.StartAsync(with: options => options with { Limits = options.Limits with { EventsKept = 40 } });
        await using var slow = new RawStream(node, "");
        await slow.ReadUntilAsync("id: ");
        // More than what any buffer between the two takes, while the client reads nothing.
        var big = TestNode.Bool[..^1] + $$$""","metadata":{"note":"{{{new string('x', 40_000)}}}"}}""";
        for (var i = 0; i < 600; i++)
            Assert.Equal(i == 0 ? 201 : 200, (await node.PutAsync("flag", big)).Status);

        await slow.ReadToEndAsync();

        var blocks = slow.Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        var cut = Assert.Single(blocks, static block => block.Contains("event: cut", StringComparison.Ordinal));
        var data = JsonDocument.Parse(cut[(cut.IndexOf("data: ", StringComparison.Ordinal) + 6)..]).RootElement;
        var ids = blocks.Where(static block => block.StartsWith("id: ", StringComparison.Ordinal)).Select(static block => long.Parse(block.Split('\n')[0][4..], CultureInfo.InvariantCulture)).ToArray();
        Assert.InRange(ids.Length, 1, 599);
        Assert.Equal(Enumerable.Range(0, ids.Length).Select(i => ids[0] + i), ids);
        Assert.Equal(ids[^1], data.GetProperty("after").GetInt64());
        Assert.True(data.GetProperty("oldestRevision").GetInt64() > ids[^1]);
    }

    /// <summary>The stream's own bytes, read when the test wants to.</summary>
    private sealed class RawStream : IAsyncDisposable
    {
        private readonly TcpClient _client = new();
        private readonly StringBuilder _text = new();

        public RawStream(TestNode node, string query)
        {
            _client.Connect(IPAddress.Loopback, node.Host.Addresses[0].Port);
            _client.GetStream().Write(Encoding.ASCII.GetBytes($"GET /api/v1/events{query} HTTP/1.0\r\nHost: localhost\r\n\r\n"));
        }

        public string Text => _text.ToString();

        public async Task ReadUntilAsync(string text)
        {
            while (!Text.Contains(text, StringComparison.Ordinal))
                Assert.True(await ReadAsync(), $"the stream ended after {Text}");
        }

        public async Task ReadToEndAsync()
        {
            while (await ReadAsync())
            {
            }
        }

        public ValueTask DisposeAsync()
        {
            _client.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task<bool> ReadAsync()
        {
            var buffer = new byte[64 * 1024];
            var read = await _client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            _text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            return read > 0;
        }
    }
}
