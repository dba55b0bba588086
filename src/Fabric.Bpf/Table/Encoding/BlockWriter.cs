using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fabric.Bpf.Table.Encoding;

/// <summary>The bytes of a block as it grows. Every part begins at a multiple of eight, and what is between them is zero.</summary>
internal sealed class BlockWriter
{
    private const int Alignment = 8;
    private const int UsualBytes = 256;

    private readonly Dictionary<string, (uint Place, int Bytes)> _texts = new(StringComparer.Ordinal);
    private byte[] _bytes = new byte[UsualBytes];
    private int _length;

    /// <summary>Room for <paramref name="count"/> of <typeparamref name="T"/>; its place, or 0 for none of them.</summary>
    internal uint Reserve<T>(int count) where T : unmanaged => count == 0 ? 0 : ReserveBytes(count * Unsafe.SizeOf<T>());

    internal uint ReserveBytes(int bytes)
    {
        var place = _length;
        _length = (place + bytes + Alignment - 1) & ~(Alignment - 1);
        if (_length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_length, _bytes.Length * 2));
        return (uint)place;
    }

    /// <summary>The part at <paramref name="place"/>; good until the next one is reserved.</summary>
    internal Span<T> At<T>(uint place, int count) where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(_bytes.AsSpan((int)place, count * Unsafe.SizeOf<T>()));

    internal void Set<T>(uint place, int index, in T value) where T : unmanaged => At<T>(place, index + 1)[index] = value;

    /// <summary>A text with a zero byte behind it, once in the block: its place, and its bytes without that.</summary>
    internal (uint Place, int Bytes) Text(string text)
    {
        if (_texts.TryGetValue(text, out var known))
            return known;
        var bytes = System.Text.Encoding.UTF8.GetByteCount(text);
        var place = ReserveBytes(bytes + 1);
        System.Text.Encoding.UTF8.GetBytes(text, _bytes.AsSpan((int)place, bytes));
        return _texts[text] = (place, bytes);
    }

    internal byte[] Finish() => _bytes[.._length];

    internal int Length => _length;
}
