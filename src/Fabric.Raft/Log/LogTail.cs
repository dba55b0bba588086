namespace Fabric.Raft.Log;

/// <summary>
/// The entries behind the snapshot, which are all in memory: their number is bounded by when snapshots are taken. Not for
/// several threads.
/// </summary>
internal sealed class LogTail
{
    private readonly List<StoredEntry> entries = [];

    /// <summary>The index before the first entry: all up to it is in the snapshot, or nowhere.</summary>
    public long Base { get; private set; }

    public long Last => Base + entries.Count;

    public StoredEntry? Find(long index) => index > Base && index <= Last ? entries[(int)(index - Base - 1)] : null;

    /// <summary>Entries from one index to another, both included; what is not there is left out.</summary>
    public StoredEntry[] Slice(long from, long to)
    {
        var first = Math.Max(from, Base + 1);
        var count = Math.Min(to, Last) - first + 1;
        return count <= 0 ? [] : [.. entries.GetRange((int)(first - Base - 1), (int)count)];
    }

    public void Add(StoredEntry entry) => entries.Add(entry);

    /// <summary>Drops the entry at this index and all behind it.</summary>
    public void CutFrom(long index)
    {
        if (index <= Last)
            entries.RemoveRange((int)(index - Base - 1), (int)(Last - index + 1));
    }

    /// <summary>Drops the entries up to this index, which may lie behind the last.</summary>
    public void DropTo(long index)
    {
        if (index <= Base)
            return;
        entries.RemoveRange(0, (int)Math.Min(entries.Count, index - Base));
        Base = index;
    }

    /// <summary>
    /// Goes on from a snapshot. What stands behind it stays only when it follows the very entry the snapshot ends with;
    /// otherwise it is another history's, and false is returned.
    /// </summary>
    public bool ContinueFrom(long index, long term)
    {
        var follows = index <= Base || Find(index)?.Term == term;
        if (!follows)
            entries.Clear();
        DropTo(index);
        return follows;
    }

    /// <summary>Takes what was once written, in the order in which it was written.</summary>
    public void Replay(IReadOnlyList<StoredEntry> written)
    {
        if (written.Count == 0)
            return;
        var first = written[0].Index;
        // Files before this one are gone, since a snapshot covers them.
        if (entries.Count == 0)
            Base = first - 1;
        if (first > Last + 1 || first <= Base)
            throw new InvalidDataException($"Entry {first} stands behind entry {Last}, which does not come before it.");

        CutFrom(first);
        entries.AddRange(written);
    }
}
