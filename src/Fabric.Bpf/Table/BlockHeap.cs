using System.Numerics;

namespace Fabric.Bpf.Table;

/// <summary>
/// Which parts of the table's heap are taken. Blocks have sizes that are powers of two and return to a list of their
/// size; where no list and no untouched part has room, the table is made anew with a larger heap.
/// </summary>
internal sealed class BlockHeap(long bytes)
{
    private const int SmallestBits = 5;

    /// <summary>Sizes of blocks, the largest of which holds the longest one.</summary>
    private static readonly int Sizes = BitOperations.Log2(Layout.MaxBlockBytes) - SmallestBits + 1;

    /// <summary>A block starts so far before the end that any reader's longest read stays inside.</summary>
    private readonly long _end = bytes - Layout.MaxBlockBytes;
    private readonly Stack<long>[] _free = [.. Enumerable.Range(0, Sizes).Select(static _ => new Stack<long>())];
    private long _untouched;

    /// <summary>Where a block of so many bytes goes; null when there is no room.</summary>
    internal long? Take(int length)
    {
        var size = Class(length);
        if (_free[size].TryPop(out var offset))
            return offset;
        if (_untouched + Bytes(size) > _end)
            return null;
        offset = _untouched;
        _untouched += Bytes(size);
        return offset;
    }

    internal void Return(long offset, int length) => _free[Class(length)].Push(offset);

    /// <summary>Learns which blocks are taken in a table that was written before.</summary>
    internal void Recover(IEnumerable<(long Offset, int Length)> taken)
    {
        foreach (var (offset, length) in taken.OrderBy(static block => block.Offset))
        {
            FreeUpTo(offset);
            _untouched = Math.Max(_untouched, offset + Bytes(Class(length)));
        }
    }

    private void FreeUpTo(long offset)
    {
        while (_untouched + Bytes(0) <= offset)
        {
            var size = _free.Length - 1;
            while (_untouched + Bytes(size) > offset)
                size--;
            _free[size].Push(_untouched);
            _untouched += Bytes(size);
        }
    }

    private static int Class(int length) => Math.Max(0, BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)length)) - SmallestBits);

    private static long Bytes(int size) => 1L << (size + SmallestBits);
}
