using System.Collections.Immutable;
using Fabric.Bpf.Evaluation;
using Fabric.Bpf.Table;
using Fabric.Bpf.Usage;
using Fabric.Flags.Compilation;
using Fabric.Flags.Definitions;
using Fabric.Flags.State;

namespace Fabric.Node.Tests.Fakes;

/// <summary>A table in memory that insists on its contract.</summary>
public sealed class FakeTable(long revision = 0) : IFlagTable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, string> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Flag> _flags = new(StringComparer.Ordinal);
    private int _inside;

    public string Path => "/run/fabric/fake";
    public FakeUsage Counted { get; } = new();
    public IHostUsage Usage => Counted;
    public TableKind Kind => TableKind.File;
    public long Revision { get; private set; } = revision;
    public ImmutableSortedSet<string>? Builds { get; set; }
    public int Stamps { get; private set; }
    public int Reconciled { get; private set; }
    public int Applied { get; private set; }
    public bool Disposed { get; private set; }

    /// <summary>Every write fails with this while it is set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Answers in the place of the flags' own defaults while it is set.</summary>
    public Func<string, EvaluationContext, FlagAnswer>? Answers { get; set; }

    public IReadOnlyDictionary<string, string> Rows
    {
        get
        {
            lock (_lock)
                return new Dictionary<string, string>(_rows);
        }
    }

    public int Reconcile(long revision, FlagSet flags) => Alone(() =>
    {
        Assert.True(revision >= Revision, $"the table went back from {Revision} to {revision}");
        _rows.Clear();
        _flags.Clear();
        foreach (var flag in flags.Flags.Values)
            Write(flag);
        Revision = revision;
        Reconciled++;
        return flags.Flags.Count;
    });

    public void Apply(long revision, FlagSet flags, IReadOnlyCollection<string> keys) => Alone(() =>
    {
        Assert.True(revision >= Revision, $"the table went back from {Revision} to {revision}");
        foreach (var key in keys)
        {
            if (flags.Flags.TryGetValue(key, out var flag))
                Write(flag);
            else if (_rows.Remove(key))
                _flags.Remove(key);
        }

        Revision = revision;
        return Applied++;
    });

    /// <summary>What is wrong with it until it is made anew.</summary>
    public string? Damage { get; set; }

    public string? WhyDamaged(long revision, FlagSet flags, IReadOnlyCollection<string> keys) => Damage;

    public void Rebuild(long revision, FlagSet flags)
    {
        Reconcile(revision, flags);
        Damage = null;
    }

    public ulong Digest() => Alone(() => _rows.Aggregate(17UL, (digest, row) =>
        (row.Key + row.Value).Aggregate(digest, (hash, letter) => unchecked((hash * 31) + letter))));

    public void Stamp() => Stamps++;

    public Explanation Explain(string key, EvaluationContext context) => new(default, [], [], null, false);

    public FlagAnswer Evaluate(string key, EvaluationContext context)
    {
        Assert.False(Disposed, "a table that is gone was asked");
        if (Answers is { } answers)
            return answers(key, context);
        lock (_lock)
        {
            if (!_flags.TryGetValue(key, out var flag))
                return default;
            return flag.Definition.State == FlagState.Disabled
                ? new FlagAnswer(flag.Revision, AnswerReason.Disabled, null)
                : new FlagAnswer(flag.Revision, flag.Definition.DefaultVariant is null ? AnswerReason.Default : AnswerReason.Static, flag.Definition.DefaultVariant);
        }
    }

    public void Dispose() => Disposed = true;

    private void Write(Flag flag)
    {
        flag = flag with { Definition = BuildGate.Fold(flag.Definition, Builds) };
        _rows[flag.Key] = System.Text.Encoding.UTF8.GetString(flag.Definition.Json.Span);
        _flags[flag.Key] = flag;
    }

    private T Alone<T>(Func<T> action)
    {
        Assert.Equal(1, Interlocked.Increment(ref _inside));
        try
        {
            if (Failure is { } failure)
                throw failure;
            lock (_lock)
                return action();
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}
