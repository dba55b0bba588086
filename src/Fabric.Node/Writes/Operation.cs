using System.Security.Cryptography;
using Fabric.Flags;

namespace Fabric.Node.Writes;

/// <summary>The name of a write, which stands in its entry of the log.</summary>
/// <param name="Id">The name.</param>
/// <param name="FromClient">Whoever asked named it, so it may come again, here or at another node.</param>
internal readonly record struct Operation(Guid Id, bool FromClient)
{
    public const string Header = "Idempotency-Key";

    public static Operation Read(HttpRequest request, ICollection<Problem> problems)
    {
        var sent = request.Headers[Header];
        if (sent.Count == 0)
            return new Operation(Guid.NewGuid(), FromClient: false);
        // Some clients write the key as a structured field: a quoted string.
        if (sent.Count == 1 && Guid.TryParseExact(sent[0]?.Trim('"'), "D", out var id) && id != Guid.Empty)
            return new Operation(id, FromClient: true);
        problems.Add(new Problem(Header, "must be one UUID, such as 0198f3a2-6b0c-7c3e-9d7a-3f1f0a2b4c5d, made anew for each write"));
        return default;
    }

    /// <summary>
    /// The name of the n-th try of a write that reads before it writes. A try that lost to another write is an
    /// operation of its own, and a client's retry walks through the same names to the same end.
    /// </summary>
    public Guid ForTry(int number)
    {
        if (number == 0)
            return Id;
        Span<byte> seed = stackalloc byte[20];
        Id.TryWriteBytes(seed);
        BitConverter.TryWriteBytes(seed[16..], number);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(seed, hash);
        return new Guid(hash[..16]);
    }
}
