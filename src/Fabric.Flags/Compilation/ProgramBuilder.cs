using Fabric.Flags.Targeting;

namespace Fabric.Flags.Compilation;

/// <summary>Makes nodes, each content once.</summary>
internal sealed class ProgramBuilder
{
    private readonly Dictionary<NodeContent, Node> _nodes = [];
    private readonly Dictionary<SemanticVersion, SemanticVersion> _versions = [];
    private readonly Dictionary<Shares, Shares> _shares = [];

    internal int Count => _nodes.Count;

    internal Node Make(NodeContent content, string place)
    {
        if (!_nodes.TryGetValue(content, out var node))
            _nodes[content] = node = new Node(_nodes.Count, content, place);
        return node;
    }

    internal SemanticVersion Same(SemanticVersion version) => _versions.TryAdd(version, version) ? version : _versions[version];

    internal Shares Same(Shares shares) => _shares.TryAdd(shares, shares) ? shares : _shares[shares];
}
