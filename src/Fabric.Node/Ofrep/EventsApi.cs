using System.Globalization;
using System.Text;
using Fabric.Node.Api;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Writes;
using Microsoft.AspNetCore.Mvc;

namespace Fabric.Node.Ofrep;

/// <summary>Server-sent events that tell OFREP's clients when to ask again.</summary>
internal sealed class EventsApi(ChangeFeed feed, NodeLimits limits, TimeProvider time, CancellationToken stopping)
{
    private const string Type = "text/event-stream";

    /// <summary>A stream that is silent for longer may be taken for dead by what stands between.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    private static readonly byte[] Begin = ": this stream says when to evaluate again\nretry: 1000\n\n"u8.ToArray();
    private static readonly byte[] StillHere = ": still here\n\n"u8.ToArray();

    private readonly WriteGate _gate = new(limits.EventStreams);

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(OfrepApi.EventsRoute, ListenAsync).WithTags("ofrep").Describe("Server-sent events that say when to evaluate again")
            .Produces<string>(200, Type).Produces<OfrepErrorBody>(429, JsonBody.Json).Produces<OfrepErrorBody>(503, JsonBody.Json);

    private async Task<IResult> ListenAsync(HttpContext http, [FromHeader(Name = "Last-Event-ID")] string? lastEventId)
    {
        using var place = _gate.TryEnter();
        if (place is null)
            return OfrepError.Busy("event streams", _gate.Limit);
        if (feed.Now is not { } moment)
            return OfrepError.NotNow("the log is not replayed yet");

        http.Response.ContentType = Type;
        http.Response.Headers.CacheControl = "no-store";
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        try
        {
            await WriteAsync(http, Begin, end.Token);
            await SpeakAsync(http, moment, lastEventId, end.Token);
        }
        catch (OperationCanceledException)
        {
            // Whoever listened has gone, or the node stops: the stream ends.
        }

        return TypedResults.Empty;
    }

    /// <summary>
    /// Without the id of an event nobody knows what the listener has seen, and with an older one it has missed something:
    /// both are told at once.
    /// </summary>
    private async Task SpeakAsync(HttpContext http, Moment moment, string? seen, CancellationToken token)
    {
        while (true)
        {
            if (moment.Id != seen)
            {
                await WriteAsync(http, Event(moment), token);
                seen = moment.Id;
            }

            while (!await ComesAsync(moment.Next, token))
                await WriteAsync(http, StillHere, token);
            moment = feed.Now!;
        }
    }

    /// <summary>Whether it came before the stream was silent for too long.</summary>
    private async Task<bool> ComesAsync(Task next, CancellationToken token)
    {
        try
        {
            await next.WaitAsync(KeepAlive, time, token);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static byte[] Event(Moment moment) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"id: {moment.Id}\nevent: message\ndata: {{\"type\":\"refetchEvaluation\",\"etag\":\"{moment.Revision}\"}}\n\n"));

    private static async Task WriteAsync(HttpContext http, byte[] bytes, CancellationToken token)
    {
        await http.Response.Body.WriteAsync(bytes, token);
        await http.Response.Body.FlushAsync(token);
    }
}
