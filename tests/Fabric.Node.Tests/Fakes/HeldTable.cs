using System.Collections.Immutable;
using Fabric.Bpf.Evaluation;
using Fabric.Bpf.Table;
using Fabric.Bpf.Usage;
using Fabric.Flags.State;

namespace Fabric.Node.Tests.Fakes;

/// <summary>A table that can be kept from being written.</summary>
public sealed class HeldTable(IFlagTable table) : IFlagTable
{
    private volatile bool _hold;

    /// <summary>While it is set, every write fails.</summary>
    public bool Hold
    {
        get => _hold;
        set => _hold = value;
    }

    public string Path => table.Path;

    public TableKind Kind => table.Kind;

    public IHostUsage Usage => table.Usage;

    public long Revision => table.Revision;

    public ImmutableSortedSet<string>? Builds
    {
        get => table.Builds;
        set => table.Builds = value;
    }

    public int Reconcile(long revision, FlagSet flags) => Held().Reconcile(revision, flags);

    public void Apply(long revision, FlagSet flags, IReadOnlyCollection<string> keys) => Held().Apply(revision, flags, keys);

    public string? WhyDamaged(long revision, FlagSet flags, IReadOnlyCollection<string> keys) => table.WhyDamaged(revision, flags, keys);

    public void Rebuild(long revision, FlagSet flags) => Held().Rebuild(revision, flags);

    public ulong Digest() => table.Digest();

    public void Stamp() => table.Stamp();

    public FlagAnswer Evaluate(string key, EvaluationContext context) => table.Evaluate(key, context);

    public Explanation Explain(string key, EvaluationContext context) => table.Explain(key, context);

    public void Dispose() => table.Dispose();

    private IFlagTable Held() => _hold ? throw new IOException("the table is held") : table;
}
