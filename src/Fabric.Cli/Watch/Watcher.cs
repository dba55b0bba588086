using System.Globalization;
using System.Net;
using Fabric.Cli.Client;

namespace Fabric.Cli.Watch;

/// <summary>
/// Listens to whichever node speaks. When one ends, the next is asked for what comes after the last revision that was heard,
/// so that each is told once.
/// </summary>
internal sealed class Watcher(Session session, string? keys, Func<StreamEvent, Task> tell) : IDisposable
{
    /// <summary>Time without any node that speaks, after which it gives up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(2) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private long? _position;
    private long _lastHeard;

    // Nodes in a row that do not keep what comes next.
    private int _gone;

    /// <summary>Returns with an exit code when no node can or will go on.</summary>
    public async Task<int> RunAsync(long? after, CancellationToken token)
    {
        (_position, _lastHeard) = (after, TimeProvider.System.GetTimestamp());
        for (var i = 0; TimeProvider.System.GetElapsedTime(_lastHeard) < Patience; i++)
        {
            var endpoint = session.Endpoints[i % session.Endpoints.Count];
            try
            {
                using var stream = await OpenAsync(endpoint, token);
                if (stream.Status is HttpStatusCode.OK)
                    await ListenAsync(stream, token);
                else if (await RefusedAsync(endpoint, stream, token) is { } code)
                    return code;
                else
                    await NoteAsync(endpoint, $"answered {(int)stream.Status}");
            }
            catch (Exception failed) when (failed is HttpRequestException or IOException or TimeoutException
                || (failed is OperationCanceledException && !token.IsCancellationRequested))
            {
                await NoteAsync(endpoint, failed.Message);
            }

            await Task.Delay(Pause, token);
        }

        await session.Terminal.Error.WriteLineAsync($"fabric: no node has spoken for {Patience.TotalSeconds:0} s; --after {_position} goes on where this ends");
        return ExitCode.NoLeader;
    }

    public void Dispose() => _http.Dispose();

    private async Task<EventStream> OpenAsync(Uri endpoint, CancellationToken token)
    {
        var query = new List<string>();
        if (_position is { } position)
            query.Add(string.Create(CultureInfo.InvariantCulture, $"after={position}"));
        if (keys is not null)
            query.Add($"keys={Uri.EscapeDataString(keys)}");
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(token);
        bounded.CancelAfter(AnswerTimeout);
        var address = new Uri(endpoint, $"/api/v1/events?{string.Join('&', query)}");
        return new EventStream(await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, bounded.Token));
    }

    private async Task ListenAsync(EventStream stream, CancellationToken token)
    {
        await foreach (var one in stream.EventsAsync(token))
        {
            (_lastHeard, _gone) = (TimeProvider.System.GetTimestamp(), 0);
            if (!long.TryParse(one.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) || revision <= _position)
                continue;
            if (one.Type == "change")
                await tell(one);
            _position = revision;
        }
    }

    /// <summary>
    /// The exit code where no other node would say anything else; null where one might. How much a node keeps is its own: one
    /// that was given a snapshot begins with that.
    /// </summary>
    private async Task<int?> RefusedAsync(Uri endpoint, EventStream stream, CancellationToken token)
    {
        var hopeless = stream.Status switch
        {
            HttpStatusCode.Gone => ++_gone >= session.Endpoints.Count,
            HttpStatusCode.BadRequest or HttpStatusCode.NotFound => true,
            _ => false,
        };
        return hopeless ? await session.FailAsync(new Reply(endpoint, (int)stream.Status, await stream.BodyAsync(token))) : null;
    }

    private Task NoteAsync(Uri endpoint, string what) =>
        session.Terminal.Error.WriteLineAsync($"fabric: {endpoint.GetLeftPart(UriPartial.Authority)}: {what}");
}
