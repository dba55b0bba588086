namespace Fabric.Node.Writes;

/// <summary>Bounds the writes that a node works on at once. Many threads enter and leave.</summary>
internal sealed class WriteGate(int limit)
{
    private int _inside;

    public int Limit => limit;

    /// <summary>A place to be given back by disposing, or null when all are taken.</summary>
    public Place? TryEnter()
    {
        if (Interlocked.Increment(ref _inside) <= limit)
            return new Place(this);
        Interlocked.Decrement(ref _inside);
        return null;
    }

    public sealed class Place(WriteGate gate) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
                Interlocked.Decrement(ref gate._inside);
        }
    }
}
