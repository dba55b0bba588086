using Fabric.Bpf.Usage;

namespace Fabric.Node.Usage;

/// <summary>What calls are added up by.</summary>
/// <param name="Door">By which way they came.</param>
/// <param name="Flag">The name that was asked for; empty for the others.</param>
/// <param name="Exe">Who asked; null where nobody knows.</param>
/// <param name="Missed">The table did not know the name.</param>
internal readonly record struct UsageKey(UsageDoor Door, string Flag, string? Exe, bool Missed);

/// <summary>Calls, by what they were answered.</summary>
internal sealed class UsageTally
{
    /// <summary>Sums stay below what a double holds exactly, for whoever reads them as JSON, and whatever a process claims.</summary>
    private const long Most = 1L << 53;

    /// <summary>By the variant's name; null until there is one.</summary>
    public Dictionary<string, long>? Variants { get; private set; }

    /// <summary>The caller's own default ran.</summary>
    public long Defaults { get; private set; }

    /// <summary>When the first came.</summary>
    public DateTimeOffset First { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>Sheets that say so.</summary>
    public int Processes { get; private set; }

    public long Evaluations => Math.Min(Defaults + (Variants?.Values.Aggregate(0L, Sum) ?? 0), Most);

    public void AddDefaults(long calls) => Defaults = Sum(Defaults, calls);

    public void AddVariant(string name, long calls)
    {
        Variants ??= new Dictionary<string, long>(StringComparer.Ordinal);
        Variants[name] = Sum(Variants.GetValueOrDefault(name), calls);
    }

    public void Began(DateTimeOffset first) => First = first < First ? first : First;

    public void CountProcesses(int more) => Processes += more;

    public void Add(UsageTally other)
    {
        AddDefaults(other.Defaults);
        foreach (var (name, calls) in other.Variants ?? [])
            AddVariant(name, calls);
        Began(other.First);
        CountProcesses(other.Processes);
    }

    private static long Sum(long one, long other) => Math.Min(one + other, Most);
}
