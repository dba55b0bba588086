using System.Net;

namespace Fabric.Node.Forwarding;

/// <summary>A body that knows whether any of it was handed to a connection: if not, whoever it was for has not got it.</summary>
internal sealed class WatchedContent(byte[] bytes) : HttpContent
{
    // Written by the thread that sends, read after the attempt is over.
    private volatile bool _begun;

    public bool Begun => _begun;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _begun = true;
        await stream.WriteAsync(bytes, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
