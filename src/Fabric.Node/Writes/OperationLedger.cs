using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Fabric.Node.Problems;

namespace Fabric.Node.Writes;

/// <summary>
/// Remembers which request came with which idempotency key, to notice a key that comes again with another one. The
/// memory is this node's and bounded: a reuse at another node, or much later, gets the first write's outcome instead.
/// Many threads.
/// </summary>
internal sealed class OperationLedger(int bound)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, UInt128> _requests = [];
    private readonly Queue<Guid> _order = new();

    /// <summary>Null when the key is new or came with this very request.</summary>
    public Refusal? Check(Operation operation, HttpRequest request, ReadOnlySpan<byte> body)
    {
        if (!operation.FromClient)
            return null;
        var print = Fingerprint(request, body);
        lock (_lock)
        {
            if (_requests.TryGetValue(operation.Id, out var known))
                return known == print ? null : Refusals.KeyReused(operation.Id);
            if (_order.Count == bound)
                _requests.Remove(_order.Dequeue());
            _order.Enqueue(operation.Id);
            _requests.Add(operation.Id, print);
            return null;
        }
    }

    private static UInt128 Fingerprint(HttpRequest request, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method}\n{request.Path}\n{request.Headers.IfMatch}\n{request.Headers.IfNoneMatch}\n"));
        hash.AppendData(body);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash.GetHashAndReset());
    }
}
