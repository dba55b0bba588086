using System.Diagnostics;
using System.Text.Json;
using Fabric.Node.Tests.Evaluation;
using Fabric.Node.Tests.Fakes;

namespace Fabric.Node.Tests.Ofrep;

/// <summary>The stream of events that tells clients when to evaluate again.</summary>
public sealed class EventTests : IAsyncLifetime
{
    private const string Path = "/ofrep/v1/events";

    private TestNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await TestNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_change_is_an_event_with_its_revision()
    {
        using var stream = await OpenAsync();
        var first = await stream.NextAsync();

        var put = await _node.PutAsync("checkout", TestNode.Bool);
        var second = await stream.NextAsync();

        Assert.Equal("text/event-stream", stream.Type);
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(($"{put.Revision}", "refetchEvaluation", $"{put.Revision}"), second);
    }

    [Fact]
    public async Task Who_has_missed_a_change_hears_of_it_at_once()
    {
        var put = await _node.PutAsync("checkout", TestNode.Bool);

        foreach (var seen in new[] { $"{put.Revision - 1}", $"{put.Revision + 1000}", "nonsense", null })
        {
            using var stream = await OpenAsync(seen);
            Assert.Equal($"{put.Revision}", (await stream.NextAsync()).Id);
        }
    }

    [Fact]
    public async Task Who_has_missed_nothing_hears_of_the_next_change_only()
    {
        var first = await _node.PutAsync("checkout", TestNode.Bool);
        await Eventually.HoldsAsync(() => _node.Table.Revision == first.Revision);
        using var known = await OpenAsync();
        Assert.Equal($"{first.Revision}", (await known.NextAsync()).Id);

        using var stream = await OpenAsync($"{first.Revision}");
        var second = await _node.PutAsync("checkout", TestNode.Bool);

        Assert.Equal($"{second.Revision}", (await stream.NextAsync()).Id);
    }

    [Fact]
    public async Task Many_changes_may_be_one_event_and_the_last_is_told()
    {
        using var stream = await OpenAsync();
        var last = 0L;
        for (var i = 0; i < 50; i++)
            last = (await _node.PutAsync("checkout", TestNode.Bool)).Revision;

        var events = 0;
        while (true)
        {
            events++;
            if ((await stream.NextAsync()).Id == $"{last}")
                break;
        }

        Assert.InRange(events, 1, 51);
    }

    [Fact]
    public async Task The_time_of_an_activation_is_an_event()
    {
        using var stream = await OpenAsync();
        await stream.NextAsync();
        var time = DateTimeOffset.UtcNow.AddSeconds(2);
        _node.Log.Put("checkout", HttpOnlyFlags.Rule("""{"if":[true,"on"]}""", $$""","activateAt":"{{time:O}}" """));
        var put = await stream.NextAsync();

        var turned = await stream.NextAsync();

        Assert.Equal((put.Tag, $"{put.Id}-{time.ToUnixTimeMilliseconds()}"), (turned.Tag, turned.Id));
        Assert.True(DateTimeOffset.UtcNow >= time);

        // One that slept through it has seen the revision, and still hears of it.
        using var slept = await OpenAsync(put.Id);
        Assert.Equal(turned.Id, (await slept.NextAsync()).Id);
    }

    [Fact]
    public async Task Too_many_streams_are_429()
    {
        await using var narrow = await TestNode.StartAsync(with: options => options with { Limits = options.Limits with { EventStreams = 1 } });
        using var first = await EventStream.OpenAsync(narrow.Client, Path);
        await first.NextAsync();

        var second = await narrow.GetAsync(Path);

        Assert.Equal((429, "1"), (second.Status, second.Header("Retry-After")));
        first.Dispose();
        for (var i = 0; ; i++)
        {
            using var again = await EventStream.TryOpenAsync(narrow.Client, Path);
            if (again is not null)
                break;
            Assert.True(i < 500, "a stream that has ended keeps its place");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_node_that_stops_ends_its_streams()
    {
        var node = await TestNode.StartAsync(with: options => options with { ShutdownTimeout = TimeSpan.FromMinutes(5) });
        using var client = new HttpClient { BaseAddress = node.Host.Addresses[0] };
        using var stream = await EventStream.OpenAsync(client, Path);
        await stream.NextAsync();

        // With a stream that stays, this would last as long as the whole time to stop.
        await node.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.True(await stream.EndsAsync());
    }

    private Task<EventStream> OpenAsync(string? seen = null) => EventStream.OpenAsync(_node.Client, Path, seen);

    /// <summary>A listener that reads events as a browser does.</summary>
    private sealed class EventStream(HttpResponseMessage response, StreamReader lines) : IDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        public string? Type => response.Content.Headers.ContentType?.MediaType;

        public static async Task<EventStream> OpenAsync(HttpClient client, string path, string? seen = null)
        {
            // A node that has just started may say for a moment that it is not ready.
            for (var i = 0; i < 300; i++)
            {
                if (await TryOpenAsync(client, path, seen) is { } stream)
                    return stream;
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }

            Assert.Fail($"{path} was refused for {Patience}");
            throw new UnreachableException();
        }

        public static async Task<EventStream?> TryOpenAsync(HttpClient client, string path, string? seen = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (seen is not null)
                request.Headers.Add("Last-Event-ID", seen);
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            if (response.IsSuccessStatusCode)
                return new EventStream(response, new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
            response.Dispose();
            return null;
        }

        public async Task<(string Id, string Type, string Tag)> NextAsync()
        {
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            while (true)
            {
                var line = await LineAsync();
                Assert.NotNull(line);
                if (line.Length == 0 && fields.ContainsKey("data"))
                    break;
                if (line.Length > 0 && line[0] != ':')
                    fields[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            }

            Assert.Equal("message", fields["event"]);
            var data = JsonDocument.Parse(fields["data"]).RootElement;
            return (fields["id"], data.GetProperty("type").GetString()!, data.GetProperty("etag").GetString()!);
        }

        public async Task<bool> EndsAsync()
        {
            while (await LineAsync() is not null)
            {
                // What was on its way.
            }

            return true;
        }

        public void Dispose()
        {
            lines.Dispose();
            response.Dispose();
        }

        private async Task<string?> LineAsync() => await lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
    }
}
