using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Fabric.Flags.Compilation;
using Fabric.Flags.State;

namespace Fabric.Bpf.Table;

/// <summary>
/// Turns flags into stores, in an order that keeps every reader right: see <c>bpf/flag_table.h</c>. What it knows of
/// the table it read from the table's own bytes.
/// </summary>
internal sealed unsafe class TableWriter
{
    /// <summary>Stores after which they are carried out, though not shown yet, so that a first filling stays small in memory.</summary>
    private const int StoresPerRun = 4096;

    private readonly ITableMemory _memory;
    private readonly HostFacts _host;
    private readonly StoreList _stores = new();
    private readonly BlockHeap _heap;
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly HashSet<int> _dead = [];
    private readonly List<(string Key, int Slot)> _dying = [];

    /// <param name="memory">The table.</param>
    /// <param name="host">The host whose facts are folded into the flags' rules.</param>
    internal TableWriter(ITableMemory memory, HostFacts host)
    {
        _memory = memory;
        _host = host;
        _heap = new BlockHeap((long)Header->HeapBytes);
        Recover();
    }

    /// <summary>Build-ids that this host has attached to; null while that is not known.</summary>
    internal ImmutableSortedSet<string>? Builds { get; set; }

    internal TableHeader* Header => (TableHeader*)_memory.Bytes;

    internal long Revision => (long)Header->Revision[Header->Generation & 1];

    /// <summary>Flags that readers find, and those that are about to be found.</summary>
    internal IEnumerable<string> Keys => _slots.Keys;

    /// <summary>Slots that hold no flag and that searches go on behind.</summary>
    internal IReadOnlyCollection<int> Dead => _dead;

    /// <summary>What a flag is to look like here.</summary>
    internal FlagRecord RecordOf(Flag flag) => FlagRecord.Of(flag, _host, Builds);

    /// <summary>Puts a flag where readers do not see it yet. False when it says so already; null when the heap has no room.</summary>
    internal bool? Put(Flag flag)
    {
        var found = _slots.TryGetValue(flag.Key, out var slot);
        // What an earlier process wrote by what it had attached stands until it is known what is: the probes stand, too.
        if (found && Builds is null && !flag.Definition.RequiresBuild.IsEmpty && Visible(slot) is { } shown && Body(slot, shown)->Revision == (ulong)flag.Revision)
            return false;
        var record = RecordOf(flag);
        if (found)
        {
            if (Visible(slot) is { } version && record.Says(*Body(slot, version), Block(slot, version)))
                return false;
            return Write(slot, record) ? true : null;
        }

        return Insert(flag.Key, record) ? true : null;
    }

    /// <summary>Marks a flag as gone where readers do not see it yet. False when it is not there.</summary>
    internal bool Remove(string key, long revision)
    {
#if FABRIC_PLANTS
        if (Fabric.Flags.Plant.Is("deletion-not-shown"))
            return false;
#endif
        if (!_slots.TryGetValue(key, out var slot))
            return false;
        Write(slot, FlagRecord.Absent(revision));
        _dying.Add((key, slot));
        return true;
    }

    /// <summary>Shows everything since the last time to readers, in one store.</summary>
    internal void Publish(long revision)
    {
        var generation = Header->Generation + 1;
        _stores.Store64(Layout.HeaderRevision + (long)(generation & 1) * sizeof(ulong), (ulong)revision);
        _stores.Store64(Layout.HeaderGeneration, generation);
        Carry();
        Bury();
    }

    /// <summary>Says when the fabric was last heard of, and how far the kernel's clock is from the calendar's.</summary>
    internal void Stamp(ulong bootNanoseconds, ulong taiOffset)
    {
        _stores.Store64(Layout.HeaderLastContact, bootNanoseconds);
        _stores.Store64(Layout.HeaderTaiOffset, taiOffset);
        Carry();
    }

    /// <summary>Tells readers to open the table's path again.</summary>
    internal void Retire()
    {
        // The word holds the capacity and, above it, the mark.
        _stores.Store64(Layout.HeaderRetired - sizeof(uint), Header->Capacity | 1UL << 32);
        Carry();
    }

    /// <summary>The version that readers see, null where they see none.</summary>
    internal int? Visible(int slot)
    {
        var (first, second) = (Generation(slot, 0), Generation(slot, 1));
        var shown = Header->Generation;
        var version = first <= shown && (second > shown || first >= second) ? 0 : 1;
        return Generation(slot, version) is var own && own <= shown && own != 0 ? version : null;
    }

    internal FlagBody* Body(int slot, int version) => (FlagBody*)(_memory.Bytes + Layout.BodyOffset(slot, version));

    internal ReadOnlySpan<byte> Block(int slot, int version)
    {
        var body = Body(slot, version);
        return new ReadOnlySpan<byte>(_memory.Bytes + Header->HeapOffset + body->BlockOffset, (int)body->BlockBytes);
    }

    /// <summary>The slot of a flag that readers find.</summary>
    internal bool TryFind(string key, out int slot) => _slots.TryGetValue(key, out slot);

    private ulong Generation(int slot, int version) => *(ulong*)(_memory.Bytes + Layout.GenerationOffset(slot, version));

    internal uint Tag(int slot) => *(uint*)(_memory.Bytes + Layout.SlotOffset(slot) + Layout.SlotTag);

    internal uint Sequence(int slot) => *(uint*)(_memory.Bytes + Layout.SlotOffset(slot) + Layout.SlotSequence);

    private bool Write(int slot, FlagRecord record)
    {
        var version = Visible(slot) is 0 ? 1 : 0;
        Release(slot, version);
        return WriteVersion(slot, version, record);
    }

    private bool WriteVersion(int slot, int version, FlagRecord record)
    {
        var body = record.Body;
        if (record.Block.Length > 0)
        {
            if (_heap.Take(record.Block.Length) is not { } offset)
                return false;
            body.BlockOffset = (uint)offset;
            _stores.Copy((long)Header->HeapOffset + offset, record.Block);
        }

        _stores.Copy(Layout.BodyOffset(slot, version), MemoryMarshal.AsBytes(new ReadOnlySpan<FlagBody>(in body)));
        _stores.Store64(Layout.GenerationOffset(slot, version), Header->Generation + 1);
        if (_stores.Count >= StoresPerRun)
            Carry();
        return true;
    }

    /// <summary>Takes a version from its readers before its bytes and its block are used for something else.</summary>
    private void Release(int slot, int version)
    {
        var generation = Generation(slot, version);
        _stores.Store64(Layout.GenerationOffset(slot, version), Layout.Writing);
        var body = *Body(slot, version);
        if (generation != 0 && body.BlockBytes > 0)
            _heap.Return(body.BlockOffset, (int)body.BlockBytes);
    }

    private bool Insert(string key, FlagRecord record)
    {
        Span<byte> name = stackalloc byte[Layout.NameBytes];
        name.Clear();
        var length = System.Text.Encoding.UTF8.GetBytes(key, name);
        var hash = NameHash.Of(name, length);
        var slot = FreeSlot(hash);
        var sequence = Sequence(slot);

        _stores.Store64(Layout.SlotOffset(slot), Tag(slot) | (ulong)(sequence + 1) << 32);
        Release(slot, 0);
        Release(slot, 1);
        _stores.Copy(Layout.SlotOffset(slot) + Layout.SlotName, name);
        _stores.Store64(Layout.GenerationOffset(slot, 1), 0);
        if (!WriteVersion(slot, 0, record))
            return false;
        _stores.Store64(Layout.SlotOffset(slot), NameHash.Tag(hash) | (ulong)(sequence + 2) << 32);
        // The next search for a free slot reads the table: it must see that this one is taken.
        Carry();
        _dead.Remove(slot);
        _slots[key] = slot;
        return true;
    }

    private int FreeSlot(ulong hash)
    {
        var mask = (int)Header->SlotCount - 1;
        var slot = (int)hash & mask;
        while (Tag(slot) != 0 && !_dead.Contains(slot))
            slot = (slot + 1) & mask;
        return slot;
    }

    /// <summary>
    /// Makes the slots of flags that are gone usable again, now that no reader finds the flags any more; a slot at the
    /// end of its chain becomes the end, so that chains shrink again.
    /// </summary>
    private void Bury()
    {
        foreach (var (key, slot) in _dying)
        {
            // A flag that was put again after its removal lives.
            if (Visible(slot) is { } version && Body(slot, version)->State != 0)
                continue;
            _slots.Remove(key);
            _dead.Add(slot);
        }

        foreach (var (_, slot) in _dying)
            ShortenChain(slot);
        _dying.Clear();
        Carry();
    }

    private void ShortenChain(int slot)
    {
        var mask = (int)Header->SlotCount - 1;
        while (_dead.Contains(slot) && Tag((slot + 1) & mask) == 0)
        {
            _stores.Store64(Layout.SlotOffset(slot), (ulong)(Sequence(slot) + 2) << 32);
            Release(slot, 0);
            Release(slot, 1);
            _stores.Store64(Layout.GenerationOffset(slot, 0), 0);
            _stores.Store64(Layout.GenerationOffset(slot, 1), 0);
            Carry();
            _dead.Remove(slot);
            slot = (slot - 1) & mask;
        }
    }

    private void Carry()
    {
        if (_stores.Count > 0)
            _memory.Carry(_stores);
        _stores.Clear();
    }

    /// <summary>Learns what the table holds, and undoes what a writer that died had not shown yet.</summary>
    private void Recover()
    {
        var taken = new List<(long, int)>();
        for (var slot = 0; slot < Header->SlotCount; slot++)
        {
            if (Tag(slot) == 0 && Sequence(slot) == 0)
                continue;
            for (var version = 0; version < 2; version++)
            {
                if (Generation(slot, version) > Header->Generation)
                    _stores.Store64(Layout.GenerationOffset(slot, version), 0);
            }

            if ((Sequence(slot) & 1) != 0)
                _stores.Store64(Layout.SlotOffset(slot), Tag(slot) | (ulong)(Sequence(slot) + 1) << 32);
            Carry();
            RecoverSlot(slot, taken);
        }

        _heap.Recover(taken);
    }

    private void RecoverSlot(int slot, List<(long, int)> taken)
    {
        for (var version = 0; version < 2; version++)
        {
            var body = *Body(slot, version);
            if (Generation(slot, version) != 0 && body.BlockBytes > 0)
                taken.Add((body.BlockOffset, (int)body.BlockBytes));
        }

        if (Tag(slot) == 0)
            return;
        if (Visible(slot) is { } shown && Body(slot, shown)->State != 0)
            _slots[Name(slot)] = slot;
        else
            _dead.Add(slot);
    }

    private string Name(int slot)
    {
        var name = new ReadOnlySpan<byte>(_memory.Bytes + Layout.SlotOffset(slot) + Layout.SlotName, Layout.NameBytes);
        return System.Text.Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
    }
}
