using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Fabric.Bench.Running;

/// <summary>
/// Two calls of etcd's API, as gRPC has them: HTTP/2, a message behind five bytes of length. By the same HTTP client as
/// Fabric's, so that what is compared is not two clients.
/// </summary>
internal sealed class EtcdClient : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = true })
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>Puts a key; returns when etcd has answered that it is committed.</summary>
    internal async Task PutAsync(Uri endpoint, string key, string value)
    {
        var message = new List<byte>();
        Field(message, 1, Encoding.UTF8.GetBytes(key));
        Field(message, 2, Encoding.UTF8.GetBytes(value));
        _ = await CallAsync(endpoint, "/etcdserverpb.KV/Put", message);
    }

    /// <summary>Whether a node leads; null where it does not answer yet.</summary>
    internal async Task<bool?> IsLeaderAsync(Uri endpoint)
    {
        try
        {
            var status = await CallAsync(endpoint, "/etcdserverpb.Maintenance/Status", []);
            var (leader, member) = (0UL, 0UL);
            Read(status, (field, number, bytes) =>
            {
                if (field == 4)
                    leader = number;
                if (field == 1)
                    Read(bytes, (inner, value, _) => member = inner == 2 ? value : member);
            });
            return leader != 0 && leader == member;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or InvalidOperationException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<byte[]> CallAsync(Uri endpoint, string method, List<byte> message)
    {
        var body = new byte[5 + message.Count];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), message.Count);
        message.CopyTo(body, 5);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint, method)) { Content = new ByteArrayContent(body), Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.TE.Add(new("trailers"));
        using var answer = await _http.SendAsync(request);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        var status = answer.TrailingHeaders.TryGetValues("grpc-status", out var values) || answer.Headers.TryGetValues("grpc-status", out values) ? values.First() : "missing";
        return status == "0" ? bytes[5..] : throw new InvalidOperationException($"etcd answered {method} with status {status}");
    }

    private static void Field(List<byte> to, int number, byte[] value)
    {
        to.Add((byte)((number << 3) | 2));
        for (var length = value.Length; ; length >>= 7)
        {
            to.Add((byte)(length > 127 ? (length & 127) | 128 : length));
            if (length <= 127)
                break;
        }

        to.AddRange(value);
    }

    /// <summary>Goes through the fields of a message that are numbers or bytes.</summary>
    private static void Read(ReadOnlySpan<byte> message, Action<int, ulong, byte[]> field)
    {
        while (!message.IsEmpty)
        {
            var tag = Varint(ref message);
            var number = Varint(ref message);
            var bytes = Array.Empty<byte>();
            if ((tag & 7) == 2)
            {
                bytes = message[..(int)number].ToArray();
                message = message[(int)number..];
            }

            field((int)(tag >> 3), number, bytes);
        }
    }

    private static ulong Varint(ref ReadOnlySpan<byte> from)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = from[0];
            from = from[1..];
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
                return value;
        }
    }
}
