namespace Fabric.Chaos.Validate;

/// <summary>A set of configurations; of two that are alike, the one with the later last write stays.</summary>
internal sealed class Frontier
{
    private readonly Dictionary<Configuration, Configuration> _all = [];

    public int Count => _all.Count;

    public IEnumerable<Configuration> All => _all.Values;

    /// <summary>False when it was there already, or one that can do all that it can.</summary>
    public bool Add(Configuration one)
    {
        if (_all.TryGetValue(one, out var known) && known.LastWrite >= one.LastWrite)
            return false;
        _all[one] = one;
        return true;
    }
}
