using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Fabric.Bpf.Evaluation;
using Fabric.Bpf.Interop;
using Fabric.Bpf.Table.Encoding;
using Fabric.Bpf.Usage;
using Fabric.Flags.Compilation;
using Fabric.Flags.State;

namespace Fabric.Bpf.Table;

/// <summary>A host's table, in whatever memory it lies.</summary>
internal sealed unsafe class FlagTable : IFlagTable
{
    private readonly Func<long, ITableMemory> _makeAnew;
    private readonly HostFacts _host;
    private readonly TableOwner _owner;
    private volatile ITableMemory _memory;

    // Tables that were left, since they were outgrown or damaged: whoever evaluates may still be reading one.
    private readonly List<ITableMemory> _left = [];
    private TableWriter _writer;

    // As it was made; what the header says later may be damaged.
    private long _heapBytes;

    /// <param name="memory">The table as found or as made.</param>
    /// <param name="makeAnew">Makes an empty table with so many bytes of heap, in the place of the one there is.</param>
    /// <param name="host">The host whose facts are folded into the flags' rules; null for the table's node, without labels.</param>
    /// <param name="usage">Where programs count that ask it; null for where they do so by themselves.</param>
    internal FlagTable(ITableMemory memory, Func<long, ITableMemory> makeAnew, HostFacts? host = null, string? usage = null)
    {
        _memory = memory;
        _makeAnew = makeAnew;
        _owner = TableOwner.Of((TableHeader*)memory.Bytes);
        _heapBytes = (long)((TableHeader*)memory.Bytes)->HeapBytes;
        _host = host ?? new HostFacts(_owner.Node);
        _writer = new TableWriter(memory, _host);
        Usage = new HostUsage(_owner, memory.Path, memory.Kind == TableKind.Bpf, usage);
    }

    /// <summary>Another memory has taken the place of the one there was, so whatever reads the old one must follow.</summary>
    internal event Action<ITableMemory>? Moved;

    internal ITableMemory Memory => _memory;

    public string Path => _memory.Path;

    public TableKind Kind => _memory.Kind;

    public IHostUsage Usage { get; }

    public string? WhyFile { get; init; }

    /// <summary>What programs find first, and is left once this table has answers; null where there is nothing.</summary>
    internal OutdatedPin? Before { get; set; }

    public long Revision => _writer.Revision;

    public ImmutableSortedSet<string>? Builds
    {
        get => _writer.Builds;
        set => _writer.Builds = value;
    }

    public int Reconcile(long revision, FlagSet flags)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(revision, Revision);
        var written = 0;
        foreach (var key in _writer.Keys.Where(key => !flags.Flags.ContainsKey(key)).ToArray())
            written += _writer.Remove(key, revision) ? 1 : 0;
        foreach (var flag in flags.Flags.Values)
        {
            switch (_writer.Put(flag))
            {
                case null:
                    return Grow(revision, flags);
                case true:
                    written++;
                    break;
            }
        }

        _writer.Publish(revision);
        Before?.Leave();
        Before = null;
        return written;
    }

    public void Apply(long revision, FlagSet flags, IReadOnlyCollection<string> keys)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(revision, Revision);
        foreach (var key in keys)
        {
            if (!flags.Flags.TryGetValue(key, out var flag))
                _writer.Remove(key, revision);
            else if (_writer.Put(flag) is null)
            {
                Grow(revision, flags);
                return;
            }
        }

        _writer.Publish(revision);
    }

    public string? WhyDamaged(long revision, FlagSet flags, IReadOnlyCollection<string> keys) =>
        new TableCheck(_memory, _writer, _owner, _heapBytes).WhyDamaged(revision, flags, keys);

    public void Rebuild(long revision, FlagSet flags) => Move(_heapBytes, revision, flags);

    public void Stamp() => _writer.Stamp(HostClocks.BootNanoseconds, HostClocks.TaiOffsetNanoseconds);

    public ulong Digest()
    {
        // The sum does not depend on where the flags lie.
        var sum = 0UL;
        foreach (var key in _writer.Keys)
        {
            if (_writer.TryFind(key, out var slot) && _writer.Visible(slot) is { } version && _writer.Body(slot, version)->State != 0)
                sum += DigestOf(key, *_writer.Body(slot, version), _writer.Block(slot, version));
        }

        return sum;
    }

    public FlagAnswer Evaluate(string key, EvaluationContext context) => Read(TableQuestion.Ask(_memory.Bytes, key, context));

    public Explanation Explain(string key, EvaluationContext context) => Tracing.Explain(_memory.Bytes, key, context, Read);

    public void Dispose()
    {
        _memory.Dispose();
        foreach (var left in _left)
            left.Dispose();
    }

    private static FlagAnswer Read(NodeEvaluator.Answer answer) =>
        new((long)answer.Revision, (AnswerReason)answer.Reason, answer.Variant == Layout.NoVariant ? null : answer.Variant);

    private static ulong DigestOf(string key, FlagBody body, ReadOnlySpan<byte> block)
    {
        var hash = new XxHash3();
        body.BlockOffset = 0;
        hash.Append(System.Text.Encoding.UTF8.GetBytes(key));
        if (block.Length >= sizeof(FlagBlock) && MemoryMarshal.Read<FlagBlock>(block).DefinitionHash is var place and not 0)
        {
            // What this host is and has attached is folded into the rest: what all hosts have in common is what it was made of.
            body = new FlagBody { Revision = body.Revision, State = body.State };
            block = block.Slice((int)place, sizeof(ulong));
        }

        hash.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<FlagBody>(in body)));
        hash.Append(block);
        return hash.GetCurrentHashAsUInt64();
    }

    private int Grow(long revision, FlagSet flags) => Move(_heapBytes * 2, revision, flags);

    /// <summary>Moves to a table made anew; readers follow when the one there was is retired.</summary>
    private int Move(long heapBytes, long revision, FlagSet flags)
    {
        var (old, oldWriter) = (_memory, _writer);
        _memory = _makeAnew(heapBytes);
        _heapBytes = heapBytes;
        _writer = new TableWriter(_memory, _host) { Builds = oldWriter.Builds };
        var written = Reconcile(revision, flags);
        oldWriter.Retire();
        _left.Add(old);
        Moved?.Invoke(_memory);
        return written;
    }
}
