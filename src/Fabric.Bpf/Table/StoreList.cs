using System.Runtime.InteropServices;

namespace Fabric.Bpf.Table;

/// <summary>struct table_store of <c>bpf/table_writer.bpf.h</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 24)]
internal struct TableStore
{
    public StoreKind Kind;
    public uint Offset;
    public ulong Value;
    public uint Length;
    public uint Reserved;
}

internal enum StoreKind : uint
{
    /// <summary>Bytes from memory.</summary>
    Copy = 0,

    /// <summary>Eight bytes at once, around which nothing is reordered.</summary>
    Store64 = 1,
}

/// <summary>Stores to a table in the order in which readers may see them.</summary>
internal sealed unsafe class StoreList
{
    /// <summary>Bytes of one copy at most, as the writing program bounds it.</summary>
    private const int CopyBytes = 4096;

    private readonly List<TableStore> _stores = [];
    private readonly List<byte> _bytes = [];

    internal int Count => _stores.Count;

    internal void Store64(long offset, ulong value) =>
        _stores.Add(new TableStore { Kind = StoreKind.Store64, Offset = checked((uint)offset), Value = value });

    internal void Copy(long offset, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var piece = bytes[..Math.Min(bytes.Length, CopyBytes)];
            _stores.Add(new TableStore { Kind = StoreKind.Copy, Offset = checked((uint)offset), Value = (ulong)_bytes.Count, Length = (uint)piece.Length });
            _bytes.AddRange(piece);
            bytes = bytes[piece.Length..];
            offset += piece.Length;
        }
    }

    internal void Clear()
    {
        _stores.Clear();
        _bytes.Clear();
    }

    /// <summary>Hands the stores to <paramref name="carry"/> with the addresses of what is to be copied.</summary>
    internal void With(StoreAction carry)
    {
        var stores = CollectionsMarshal.AsSpan(_stores);
        fixed (byte* bytes = CollectionsMarshal.AsSpan(_bytes))
        {
            foreach (ref var store in stores)
            {
                if (store.Kind == StoreKind.Copy)
                    store.Value += (ulong)bytes;
            }

            fixed (TableStore* first = stores)
                carry(first, stores.Length);
        }
    }

    internal delegate void StoreAction(TableStore* stores, int count);
}
