using System.Net;

namespace Fabric.Cli.Client;

/// <summary>A body that tells how much of it is sent.</summary>
internal sealed class CountedContent(byte[] body, Action<long> sent) : HttpContent
{
    private const int ChunkBytes = 64 * 1024;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        for (var at = 0; at < body.Length; at += ChunkBytes)
        {
            var length = Math.Min(ChunkBytes, body.Length - at);
            await stream.WriteAsync(body.AsMemory(at, length));
            sent(at + length);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
