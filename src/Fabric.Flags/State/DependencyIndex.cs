using System.Collections.Immutable;

namespace Fabric.Flags.State;

/// <summary>Which flags need which: the prerequisites of all flags, read the other way. Immutable, as the set it belongs to.</summary>
internal sealed class DependencyIndex
{
    private static readonly ImmutableSortedSet<string> Nobody = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    private readonly ImmutableDictionary<string, ImmutableSortedSet<string>> _dependents;

    private DependencyIndex(ImmutableDictionary<string, ImmutableSortedSet<string>> dependents) => _dependents = dependents;

    internal static DependencyIndex Empty { get; } = new(ImmutableDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.Ordinal));

    internal static DependencyIndex Of(IEnumerable<Flag> flags) =>
        flags.Where(static flag => flag.Definition.Prerequisites.Length > 0).Aggregate(Empty, static (index, flag) => index.With(flag.Key, null, flag));

    /// <summary>The flags that need <paramref name="key"/>, in ordinal order.</summary>
    internal ImmutableSortedSet<string> DependentsOf(string key) => _dependents.GetValueOrDefault(key, Nobody);

    /// <summary>After a flag was changed, from null when it was not there, to null when it is gone.</summary>
    internal DependencyIndex With(string key, Flag? before, Flag? after)
    {
        var (old, now) = (before?.Definition.Prerequisites ?? [], after?.Definition.Prerequisites ?? []);
        if (old.IsEmpty && now.IsEmpty)
            return this;
        var dependents = _dependents.ToBuilder();
        foreach (var needed in old)
        {
            var left = dependents.GetValueOrDefault(needed.Flag, Nobody).Remove(key);
            if (left.IsEmpty)
                dependents.Remove(needed.Flag);
            else
                dependents[needed.Flag] = left;
        }

        foreach (var needed in now)
            dependents[needed.Flag] = dependents.GetValueOrDefault(needed.Flag, Nobody).Add(key);
        return new DependencyIndex(dependents.ToImmutable());
    }
}
