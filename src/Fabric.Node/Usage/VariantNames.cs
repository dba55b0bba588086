using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Fabric.Bpf.Usage;
using Fabric.Flags.Definitions;
using Fabric.Raft;

namespace Fabric.Node.Usage;

/// <summary>
/// The lists of variants that flags have or had: a count is of a place in one of them. The thread that applies entries notes
/// them, so that there is none that the table showed and that is not here; any thread asks.
/// </summary>
internal sealed class VariantNames : IAppliedSink
{
    /// <summary>Lists that are remembered. Most flags have on and off.</summary>
    public const int MaxLists = 8192;

    private readonly ConcurrentDictionary<uint, ImmutableArray<string>> _lists = new();

    /// <summary>All of them, to be kept.</summary>
    public IEnumerable<KeyValuePair<uint, ImmutableArray<string>>> Lists => _lists;

    public void Applied(FabricState state, ImmutableArray<string> changedKeys)
    {
        foreach (var key in changedKeys)
        {
            if (state.Flags.Flags.TryGetValue(key, out var flag))
                Note(flag.Definition);
        }
    }

    public void Replaced(FabricState state)
    {
        foreach (var flag in state.Flags.Flags.Values)
            Note(flag.Definition);
    }

    public void Note(uint list, ImmutableArray<string> names)
    {
        // Two lists of one number would be taken for each other: neither has names then.
        if (_lists.Count < MaxLists || _lists.ContainsKey(list))
            _lists.AddOrUpdate(list, names, (_, known) => known.SequenceEqual(names) ? known : []);
    }

    /// <summary>A variant's name; its place where the list is not known.</summary>
    public string NameOf(uint list, int index) => _lists.TryGetValue(list, out var names) && index < names.Length
        ? names[index]
        : $"#{index.ToString(CultureInfo.InvariantCulture)}";

    private void Note(FlagDefinition definition)
    {
        var list = VariantList.Of(definition);
        if (!_lists.ContainsKey(list))
            Note(list, [.. definition.Variants.Select(static variant => variant.Name)]);
    }
}
