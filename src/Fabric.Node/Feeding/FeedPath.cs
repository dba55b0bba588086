namespace Fabric.Node.Feeding;

/// <summary>
/// The hosts by which this one is fed, a voter first; empty on a voter. A host that stands in the path of another must not
/// be fed by it: they would feed each other what neither hears any more.
/// </summary>
internal sealed class FeedPath
{
    private volatile IReadOnlyList<string> _above = [];

    public IReadOnlyList<string> Above => _above;

    public void Set(IReadOnlyList<string> above) => _above = above;
}
