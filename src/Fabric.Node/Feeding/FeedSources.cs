namespace Fabric.Node.Feeding;

/// <summary>
/// Whom to ask to be fed, in turn, and how long to wait before. Everything is drawn at random: when a node that feeds many
/// ends, they must not all come to the next one at the same moment, nor in the same order.
/// </summary>
internal sealed class FeedSources(IReadOnlyList<Uri> join, TimeSpan firstPause, TimeSpan longestPause, Random random)
{
    /// <summary>Suggestions of those that had no place are tried, but not for ever.</summary>
    private const int MaxSuggested = 16;

    private readonly Queue<Uri> _suggested = new();
    private readonly Queue<Uri> _round = new();
    private int _failures;

    public Uri Next()
    {
        if (_suggested.TryDequeue(out var suggested))
            return suggested;
        if (_round.Count == 0)
        {
            var shuffled = join.ToArray();
            random.Shuffle(shuffled);
            foreach (var source in shuffled)
                _round.Enqueue(source);
        }

        return _round.Dequeue();
    }

    public void Suggest(IEnumerable<Uri> sources)
    {
        foreach (var source in sources.Take(MaxSuggested - _suggested.Count))
            _suggested.Enqueue(source);
    }

    /// <summary>A source fed this host for a while, so the next trouble is a new one.</summary>
    public void Succeeded() => _failures = 0;

    /// <summary>How long to wait before the next source: up to twice as long after each failure.</summary>
    public TimeSpan Pause()
    {
        var most = Math.Min(firstPause.TotalMilliseconds * Math.Pow(2, Math.Min(_failures++, 20)), longestPause.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(most * random.NextDouble());
    }
}
