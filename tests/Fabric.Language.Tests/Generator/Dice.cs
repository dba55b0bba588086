namespace Fabric.Language.Tests.Generator;

/// <summary>Repeatable chance: splitmix64.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    internal ulong Bits()
    {
        unchecked
        {
            var z = _state += 0x9e3779b97f4a7c15;
            z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
            z = (z ^ z >> 27) * 0x94d049bb133111eb;
            return z ^ z >> 31;
        }
    }

    /// <summary>From 0 to <paramref name="end"/>, which is left out.</summary>
    internal int Below(int end) => (int)(Bits() % (ulong)end);

    /// <summary>From <paramref name="least"/> to <paramref name="most"/>.</summary>
    internal int Between(int least, int most) => least + Below(most - least + 1);

    internal bool Chance(int percent) => Below(100) < percent;

    internal T Pick<T>(params IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>One of several ways, each as likely as its weight says.</summary>
    internal T Weighted<T>(params ReadOnlySpan<(int Weight, Func<T> Make)> ways)
    {
        var total = 0;
        foreach (var (weight, _) in ways)
            total += weight;
        var at = Below(total);
        foreach (var (weight, make) in ways)
        {
            if ((at -= weight) < 0)
                return make();
        }

        throw new InvalidOperationException("no way has a weight");
    }
}

/// <summary>Where chance begins.</summary>
internal static class Seed
{
    /// <summary>The environment variable that sets another one.</summary>
    internal const string Variable = "FABRIC_LANGUAGE_SEED";

    internal static ulong Value { get; } =
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text ? ulong.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 20261124;
}
