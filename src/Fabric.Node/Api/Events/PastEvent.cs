using System.Globalization;
using System.Text;
using System.Text.Json;
using Fabric.Flags.History;
using Fabric.Node.Api.History;
using Fabric.Node.Json;

namespace Fabric.Node.Api.Events;

/// <summary>A change set that was applied, as an event. Its bytes are made when the first stream needs them, and once for all.</summary>
internal sealed class PastEvent(IReadOnlyList<FlagChange> changes)
{
    // The definitions, and once more the bytes of the event.
    private const int Copies = 2;

    private readonly Lazy<byte[]> _utf8 = new(() => Write(changes));

    public long Revision { get; } = changes[0].Revision;

    /// <summary>About what it takes in memory.</summary>
    public long Bytes { get; } = Copies * changes.Sum(static change => (long)change.Bytes);

    /// <summary>The whole set as it is sent.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8.Value;

    /// <summary>The set with those changes alone that are wanted; empty where none is.</summary>
    public ReadOnlyMemory<byte> Only(KeyFilter wanted)
    {
        if (wanted.All || changes.All(change => wanted.Admits(change.Key)))
            return Utf8;
        var some = changes.Where(change => wanted.Admits(change.Key)).ToArray();
        return some.Length == 0 ? default : Write(some);
    }

    private static byte[] Write(IReadOnlyList<FlagChange> changes)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {changes[0].Revision}\nevent: change\ndata: "));
        var json = JsonSerializer.SerializeToUtf8Bytes(PastSetBody.From(changes), ApiJson.Full.PastSetBody);
        // A definition stands as it was sent, perhaps in lines. Outside of strings JSON takes a blank for a line's end, and inside there is none.
        json.AsSpan().Replace((byte)'\n', (byte)' ');
        json.AsSpan().Replace((byte)'\r', (byte)' ');
        return [.. head, .. json, (byte)'\n', (byte)'\n'];
    }
}
