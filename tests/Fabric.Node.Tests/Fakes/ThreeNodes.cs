using Fabric.Node.Options;

namespace Fabric.Node.Tests.Fakes;

/// <summary>Three real nodes that talk HTTP to each other, over one fake log.</summary>
public sealed class ThreeNodes : IAsyncDisposable
{
    private readonly Dictionary<string, TestNode> _nodes = [];

    public FakeLog Log { get; } = new();

    public TestNode this[string name] => _nodes[name];

    public static async Task<ThreeNodes> StartAsync(Func<NodeOptions, NodeOptions>? with = null)
    {
        var three = new ThreeNodes();
        var ports = Ports.Take(6);
        string[] names = ["a", "b", "c"];
        var members = names.Select((name, i) => new NodeMember(name, ports[i + 3], new Uri($"http://{ports[i]}"))).ToArray();
        for (var i = 0; i < 3; i++)
            three._nodes[names[i]] = await TestNode.StartAsync(names[i], three.Log, ports[i], members, with);
        return three;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Values)
            await node.DisposeAsync();
    }
}
