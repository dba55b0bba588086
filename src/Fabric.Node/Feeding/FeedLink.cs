namespace Fabric.Node.Feeding;

/// <summary>How this host is fed, if it is not a voter. Written by the one that follows, read by many.</summary>
internal sealed class FeedLink
{
    private volatile IReadOnlyList<string> _above = [];
    private volatile string? _whyNot;

    /// <summary>
    /// The hosts by which this one is fed, a voter first; empty on a voter. A host that stands there must not be fed by this
    /// one: they would feed each other what neither hears any more.
    /// </summary>
    public IReadOnlyList<string> Above
    {
        get => _above;
        set => _above = value;
    }

    /// <summary>Why nobody feeds this host; null while somebody does, and on a voter.</summary>
    public string? WhyNot
    {
        get => _whyNot;
        set => _whyNot = value;
    }
}
