namespace Fabric.Chaos.Model;

/// <summary>
/// What the clock says of revisions: whoever has seen one knows that the fabric has come as far, and no change set is there
/// before somebody has asked for it.
/// </summary>
internal sealed class RealTime
{
    private readonly Timeline _seen;
    private readonly Timeline _begun;

    public RealTime(Run run, ChangeLog log, Authors authors)
    {
        _seen = new Timeline(Seen(run).Select(one => (one.Time, log.LastUpTo(one.Revision))));
        _begun = new Timeline(log.Sets.Select(set => (authors.Of(set)?.Began ?? long.MinValue, set.Revision)));
    }

    /// <summary>The highest revision that somebody had seen before a time.</summary>
    public long SeenBefore(long time) => _seen.HighestBefore(time);

    /// <summary>The highest revision that somebody had asked for by a time: nothing later can have been seen.</summary>
    public long BegunBy(long time) => _begun.HighestBefore(time == long.MaxValue ? time : time + 1);

    private static IEnumerable<(long Time, long Revision)> Seen(Run run)
    {
        foreach (var operation in run.Operations.Where(static operation => operation.Outcome == Outcome.Ok))
            yield return (operation.Ended, Math.Max(operation.Revision ?? 0, operation.At ?? 0));
        foreach (var line in run.Subscribers.SelectMany(static one => one.Lines).Where(static line => line.Mark == StreamMark.Event))
            yield return (line.Time, line.Revision);
        foreach (var sample in run.Programs.SelectMany(static one => one.Samples))
            yield return (sample.Time, sample.Revision);
    }
}

/// <summary>The highest of what had come by a time.</summary>
internal sealed class Timeline
{
    private readonly long[] _times;
    private readonly long[] _highest;

    public Timeline(IEnumerable<(long Time, long Revision)> points)
    {
        var sorted = points.OrderBy(static point => point.Time).ToArray();
        _times = [.. sorted.Select(static point => point.Time)];
        _highest = new long[sorted.Length];
        for (var (i, highest) = (0, 0L); i < sorted.Length; i++)
            _highest[i] = highest = Math.Max(highest, sorted[i].Revision);
    }

    /// <summary>0 where nothing had come.</summary>
    public long HighestBefore(long time)
    {
        var (low, high) = (0, _times.Length);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (_times[middle] < time)
                low = middle + 1;
            else
                high = middle;
        }

        return low == 0 ? 0 : _highest[low - 1];
    }
}
