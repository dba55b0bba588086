using Fabric.Flags.State;

namespace Fabric.Node.Ofrep;

/// <summary>The times at which flags turn by themselves: <c>activateAt</c> of those that have one. One thread at a time.</summary>
internal sealed class Activations
{
    private readonly Dictionary<string, DateTimeOffset> _times = new(StringComparer.Ordinal);

    /// <summary>Takes over all flags.</summary>
    public void Replace(FlagSet flags)
    {
        _times.Clear();
        Update(flags, flags.Flags.Keys);
    }

    /// <summary>Takes over the named flags, or forgets those that are gone.</summary>
    public void Update(FlagSet flags, IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            if (flags.Flags.TryGetValue(key, out var flag) && flag.Definition.ActivateAt is { } time)
                _times[key] = time;
            else
                _times.Remove(key);
        }
    }

    /// <summary>The last time that has come, and the first that has not.</summary>
    public (DateTimeOffset? Last, DateTimeOffset? Next) Around(DateTimeOffset now)
    {
        DateTimeOffset? last = null, next = null;
        foreach (var time in _times.Values)
        {
            if (time <= now && !(last > time))
                last = time;
            if (time > now && !(next < time))
                next = time;
        }

        return (last, next);
    }
}
