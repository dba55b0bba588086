using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Fabric.Node.Feeding;

/// <summary>A WebSocket that carries messages of the feed. One sends and one receives at a time.</summary>
internal sealed class FeedSocket(WebSocket socket) : IDisposable
{
    /// <summary>Bytes of a message: one entry is far smaller, and more than one is sent in several.</summary>
    public const int MaxMessageBytes = 2 * 1024 * 1024;

    /// <summary>How long an end in order may take.</summary>
    public static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly ArrayBufferWriter<byte> _out = new(4096);
    private byte[] _in = new byte[16 * 1024];

    public ValueTask SendAsync<T>(FeedKind kind, T message, JsonTypeInfo<T> shape, CancellationToken token) =>
        SendAsync(kind, JsonSerializer.SerializeToUtf8Bytes(message, shape), token);

    public async ValueTask SendAsync(FeedKind kind, ReadOnlyMemory<byte> content, CancellationToken token)
    {
        _out.ResetWrittenCount();
        _out.GetSpan(1)[0] = (byte)kind;
        _out.Advance(1);
        _out.Write(content.Span);
        await socket.SendAsync(_out.WrittenMemory, WebSocketMessageType.Binary, endOfMessage: true, token);
    }

    /// <summary>
    /// The next message; its content is valid until the next call. Null when the other end has closed in order.
    /// </summary>
    /// <exception cref="WebSocketException">The connection broke off.</exception>
    /// <exception cref="InvalidDataException">What came is no message of the feed.</exception>
    public async ValueTask<FeedMessage?> ReceiveAsync(CancellationToken token)
    {
        var length = 0;
        while (true)
        {
            if (length == _in.Length)
                Array.Resize(ref _in, Math.Min(_in.Length * 4, MaxMessageBytes + 1));
            var part = await socket.ReceiveAsync(_in.AsMemory(length), token);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            length += part.Count;
            if (length > MaxMessageBytes)
                throw new InvalidDataException($"a message has more than {MaxMessageBytes} bytes");
            if (part.EndOfMessage)
                break;
        }

        return length > 0
            ? new FeedMessage((FeedKind)_in[0], _in.AsMemory(1, length - 1))
            : throw new InvalidDataException("a message is empty");
    }

    /// <summary>
    /// Says that nothing more comes. The other end must still be listened to until it has gone: a connection that is ended
    /// with something unread takes back what was sent, and the other end would never hear why.
    /// </summary>
    public async Task CloseAsync()
    {
        using var brief = new CancellationTokenSource(Farewell);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, brief.Token);
        }
        catch (Exception failed) when (failed is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // The other end sees a connection that broke off, which it has to be ready for anyway.
        }
    }

    /// <summary>Sends a last message, and listens until the other end has gone.</summary>
    public async Task SendLastAsync<T>(FeedKind kind, T message, JsonTypeInfo<T> shape, CancellationToken token)
    {
        await SendAsync(kind, message, shape, token);
        await CloseAsync();
        using var brief = CancellationTokenSource.CreateLinkedTokenSource(token);
        brief.CancelAfter(Farewell);
        while (await ReceiveAsync(brief.Token) is not null)
        {
            // What it still has to say is of no use any more.
        }
    }

    public void Dispose() => socket.Dispose();
}

/// <summary>A message of the feed.</summary>
internal readonly record struct FeedMessage(FeedKind Kind, ReadOnlyMemory<byte> Content)
{
    /// <exception cref="InvalidDataException">It does not say what its kind promises.</exception>
    public T Read<T>(JsonTypeInfo<T> shape)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(Content.Span, shape) ?? throw new InvalidDataException($"a message of kind {Kind} says nothing");
        }
        catch (JsonException bad)
        {
            throw new InvalidDataException($"a message of kind {Kind} cannot be read: {bad.Message}", bad);
        }
    }
}
