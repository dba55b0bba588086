using System.Runtime.InteropServices;
using Fabric.Bpf.Usage;

namespace Fabric.Node.Usage;

/// <summary>Tallies of many callers, bounded whatever processes claim: what is too much is counted under fewer names.</summary>
internal sealed class UsageSums
{
    /// <summary>Tallies at most, but for one a flag and door beside them.</summary>
    public const int MaxTallies = 65_536;

    /// <summary>Names at most that no flag has now.</summary>
    public const int MaxStrangers = 2048;

    /// <summary>Who asked, where there were too many to tell them apart.</summary>
    public const string Others = "(others)";

    private readonly Dictionary<UsageKey, UsageTally> _tallies = [];
    private readonly HashSet<string> _strangers = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<UsageKey, UsageTally> Tallies => _tallies;

    /// <summary>The tally of a key, or that of the others where there are too many.</summary>
    public UsageTally this[UsageKey key]
    {
        get
        {
            if (_tallies.Count >= MaxTallies && !_tallies.ContainsKey(key))
                key = key with { Exe = Others };
            ref var tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_tallies, key, out _);
            return tally ??= new UsageTally();
        }
    }

    /// <summary>Adds rows of one source.</summary>
    public void Add(IEnumerable<UsageRow> rows, VariantNames names, Func<string, bool> isFlag)
    {
        var seen = new HashSet<UsageTally>(ReferenceEqualityComparer.Instance);
        foreach (var row in rows)
        {
            var tally = this[Admit(new UsageKey(row.Door, row.Name, row.Exe, Missed: row.Variants == 0), isFlag(row.Name))];
            Add(tally, row, names);
            if (row.Door == UsageDoor.Shared && seen.Add(tally))
                tally.CountProcesses(1);
        }
    }

    public void Add(UsageSums others)
    {
        foreach (var (key, tally) in others._tallies)
            this[key].Add(tally);
    }

    public void Remove(UsageKey key) => _tallies.Remove(key);

    /// <summary>The key, or that of the others where it is of one name too many that no flag has.</summary>
    public UsageKey Admit(UsageKey key, bool isFlag) => isFlag || MayStay(key.Flag) ? key : key with { Flag = "", Missed = true };

    private bool MayStay(string stranger) => _strangers.Contains(stranger) || (_strangers.Count < MaxStrangers && _strangers.Add(stranger));

    private static void Add(UsageTally tally, UsageRow row, VariantNames names)
    {
        tally.Began(row.First);
        for (var i = 0; i < row.Counts.Count; i++)
        {
            if (row.Counts[i] == 0)
                continue;
            var counter = row.FirstCounter + i;
            if (row.Variants == 0 || counter == 0)
                tally.AddDefaults(row.Counts[i]);
            else
                tally.AddVariant(names.NameOf(row.Variants, counter - 1), row.Counts[i]);
        }
    }
}
