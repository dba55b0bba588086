namespace Fabric.Bpf.Attach;

/// <summary>Something that is done again after a while; at once for the first time.</summary>
internal sealed class Every(TimeSpan period)
{
    private long? _last;

    /// <summary>Whether it is to be done now; who asks does it.</summary>
    internal bool IsDue()
    {
        var now = Environment.TickCount64;
        if (_last is { } last && now - last < period.TotalMilliseconds)
            return false;
        _last = now;
        return true;
    }
}
