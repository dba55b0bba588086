using System.Globalization;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Fabric.Node.Tests.Fakes;

/// <summary>A stream of change sets, as a client reads it.</summary>
public sealed class ChangeListener : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly SseParser<string> _parser;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private ChangeListener(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _parser = SseParser.Create(body);
        _events = _parser.EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
    }

    /// <summary>What the client would send when it connects again.</summary>
    public string LastId => _parser.LastEventId;

    public HttpResponseHeaders Headers => _response.Headers;

    /// <summary>Opens it; fails where the node refuses.</summary>
    public static async Task<ChangeListener> OpenAsync(HttpClient client, Uri node, string query = "", string? lastEventId = null)
    {
        var response = await AskAsync(client, node, query, lastEventId);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        return new ChangeListener(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    public static async Task<HttpResponseMessage> AskAsync(HttpClient client, Uri node, string query = "", string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node, $"/api/v1/events{query}"));
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>The next event; null when the stream has ended.</summary>
    public async Task<(string Type, string? Id, JsonElement Data)?> NextAsync()
    {
        if (!await _events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken))
            return null;
        var item = _events.Current;
        return (item.EventType, item.EventId, JsonDocument.Parse(item.Data).RootElement);
    }

    /// <summary>The revision of the next event, which is a change set under its own id.</summary>
    public async Task<long> RevisionAsync()
    {
        var next = (await NextAsync())!.Value;
        Assert.Equal("change", next.Type);
        Assert.Equal(next.Id, next.Data.GetProperty("revision").GetInt64().ToString(CultureInfo.InvariantCulture));
        return next.Data.GetProperty("revision").GetInt64();
    }

    public async ValueTask DisposeAsync()
    {
        // First the connection, since a read may be under way.
        _response.Dispose();
        try
        {
            await _events.DisposeAsync();
        }
        catch (Exception broken) when (broken is IOException or NotSupportedException or ObjectDisposedException)
        {
            // The connection ended under it.
        }
    }
}
