using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fabric.Node.Api.Events;

/// <summary>Writes one stream of events until it ends.</summary>
internal sealed class EventWriter(HttpResponse response, EventRing ring, KeyFilter filter, TimeSpan keepAlive, TimeProvider time)
{
    public const string Type = "text/event-stream";
    public const string LastId = "Last-Event-ID";

    // What is written at once: while a client takes it, nothing else of it is held.
    private const int EventsAtOnce = 64;
    private const int BytesAtOnce = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>Returns when the client was too slow; a client that goes, and a node that stops, end the token.</summary>
    public async Task RunAsync(long position, CancellationToken token)
    {
        response.ContentType = Type;
        response.Headers.CacheControl = "no-store";
        response.Headers[Revisions.Header] = position.ToString(CultureInfo.InvariantCulture);
        Say($": changes after revision {position}\nretry: 1000\nid: {position}\n\n");
        await SendAsync(token);
        while (true)
        {
            var found = ring.After(position, EventsAtOnce);
            if (found.Lost)
            {
                await CutOffAsync(position, found.Oldest, token);
                return;
            }

            if (found.Events.Count > 0)
                position = await SendAsync(found.Events, token);
            else if (!await ComesAsync(found.More, token))
                Say($": at revision {position}\nid: {position}\n\n");
            await SendAsync(token);
        }
    }

    private async Task<long> SendAsync(IReadOnlyList<PastEvent> events, CancellationToken token)
    {
        var told = true;
        foreach (var one in events)
        {
            var bytes = one.Only(filter);
            told = !bytes.IsEmpty;
            _buffer.Write(bytes.Span);
            if (_buffer.WrittenCount >= BytesAtOnce)
                await SendAsync(token);
        }

        var last = events[^1].Revision;
        // An id without data is no event, and yet what a browser sends when it connects again.
        if (!told)
            Say($"id: {last}\n\n");
        return last;
    }

    /// <summary>
    /// The last event says why the stream ends and after which revision the client can go on; it carries no id of its own,
    /// so a client that ignores it goes on there by itself.
    /// </summary>
    private Task CutOffAsync(long position, long oldest, CancellationToken token)
    {
        Say($"event: cut\ndata: {{\"reason\":\"what comes next is not kept here any more: the client was slower than the changes, or this node was given a snapshot\",\"after\":{position},\"oldestRevision\":{oldest}}}\n\n");
        return SendAsync(token);
    }

    /// <summary>Whether it came before the stream was silent for too long.</summary>
    private async Task<bool> ComesAsync(Task more, CancellationToken token)
    {
        try
        {
            await more.WaitAsync(keepAlive, time, token);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Say(FormattableString text) =>
        _buffer.Write(Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture)));

    private async Task SendAsync(CancellationToken token)
    {
        if (_buffer.WrittenCount == 0)
            return;
        await response.Body.WriteAsync(_buffer.WrittenMemory, token);
        await response.Body.FlushAsync(token);
        _buffer.ResetWrittenCount();
    }
}
