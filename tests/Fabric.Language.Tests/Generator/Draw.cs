using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Fabric.Language.Tests.Generator;

/// <summary>Where all randomness comes from: one seed, so that a failure can be repeated.</summary>
[SuppressMessage("Security", "CA5394", Justification = "A seeded sequence is what makes a failure repeatable.")]
internal sealed class Draw(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Of FABRIC_TEST_SEED, where that is set; the test prints it.</summary>
    internal static int SeedOfRun() =>
        Environment.GetEnvironmentVariable("FABRIC_TEST_SEED") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : Environment.TickCount;

    internal int Next(int below) => _random.Next(below);

    internal long Between(long least, long most) => _random.NextInt64(least, most + 1);

    internal bool Chance(int percent) => _random.Next(100) < percent;

    internal T Of<T>(IReadOnlyList<T> pool) => pool[_random.Next(pool.Count)];
}
