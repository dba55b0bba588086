namespace Fabric.Chaos.Faults;

/// <summary>What goes wrong together, for how long, and how long it is quiet afterwards.</summary>
/// <param name="Kinds">One kind or two.</param>
/// <param name="Seed">Of everything else that the faults draw.</param>
/// <param name="Lasts">From the beginning to the end of it.</param>
/// <param name="Quiet">Until the next.</param>
internal sealed record Step(IReadOnlyList<FaultKind> Kinds, int Seed, TimeSpan Lasts, TimeSpan Quiet);

/// <summary>
/// The faults of a run, all drawn from its seed: the kinds are dealt like cards, so that each comes before any comes again, and
/// every second time with one that takes hold of something else.
/// </summary>
internal sealed class Schedule(IReadOnlyList<FaultKind> kinds, int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<FaultKind> _deck = [];

    /// <summary>How often all kinds have been dealt.</summary>
    internal int Rounds { get; private set; }

    internal Step Next()
    {
        if (_deck.Count == 0)
            Shuffle();
        var first = Deal(static _ => true)!;
        var second = first.Hold != Hold.Everything && _random.Next(2) == 0 ? Deal(kind => kind.Hold != Hold.Everything && kind.Hold != first.Hold) : null;
        if (_deck.Count == 0)
            Rounds++;
        return new Step(
            second is null ? [first] : [first, second],
            _random.Next(),
            TimeSpan.FromMilliseconds(300 + _random.Next(1700)),
            TimeSpan.FromMilliseconds(1000 + _random.Next(2500)));
    }

    private void Shuffle()
    {
        FaultKind[] shuffled = [.. kinds];
        _random.Shuffle(shuffled);
        _deck.AddRange(shuffled);
    }

    /// <summary>The first card that fits; null where there is none left before all are shuffled again.</summary>
    private FaultKind? Deal(Predicate<FaultKind> fits)
    {
        var index = _deck.FindIndex(fits);
        if (index < 0)
            return null;
        var dealt = _deck[index];
        _deck.RemoveAt(index);
        return dealt;
    }
}
