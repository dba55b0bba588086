using System.Collections.Immutable;
using Fabric.Flags.Targeting;

namespace Fabric.Flags.Compilation;

/// <summary>Numbers the nodes that can be reached, and gathers what they look at.</summary>
internal sealed class ProgramAssembly
{
    private readonly Dictionary<Node, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly Pool<Fact> _facts = new();
    private readonly Pool<Scalar> _constants = new();
    private readonly Pool<ConstantSet> _sets = new();
    private readonly Pool<SemanticVersion> _versions = new();
    private readonly List<BucketTable> _buckets = [];
    private readonly List<WeightTable> _weights = [];

    private ProgramAssembly() { }

    /// <summary>The program that starts at <paramref name="first"/>, or which limit it exceeds.</summary>
    internal static (DecisionProgram? Program, string? Beyond) Of(Node first, bool usesHost)
    {
        var reached = Reach(first);
        return reached.Count > Limits.ProgramSteps
            ? (null, $"it has {reached.Count} steps, and up to {Limits.ProgramSteps} are evaluated outside of HTTP")
            : new ProgramAssembly().Assemble(reached, usesHost);
    }

    /// <summary>Newest first: a node's successors are older than itself, and so come after it.</summary>
    private static List<Node> Reach(Node first)
    {
        var seen = new HashSet<Node>(ReferenceEqualityComparer.Instance) { first };
        var open = new Stack<Node>([first]);
        while (open.TryPop(out var node))
        {
            foreach (var next in node.Successors().Where(seen.Add))
                open.Push(next);
        }

        return [.. seen.OrderByDescending(static node => node.Id)];
    }

    private (DecisionProgram?, string?) Assemble(List<Node> nodes, bool usesHost)
    {
        for (var i = 0; i < nodes.Count; i++)
            _numbers[nodes[i]] = i;
        ImmutableArray<ProgramStep> steps = [.. nodes.Select(node => StepOf(node.Content))];

        // What is known later may become a constant; counted as both, no host finds the program too large.
        var later = _facts.Items.Count(static fact => fact.Source == FactSource.Later);
        if (_facts.Items.Count > Limits.ProgramFacts)
            return (null, $"it looks at {_facts.Items.Count} facts, and up to {Limits.ProgramFacts} are evaluated outside of HTTP");
        if (_constants.Items.Count + later > Limits.ProgramConstants)
            return (null, $"it has {_constants.Items.Count + later} constants outside of lists, and up to {Limits.ProgramConstants} are evaluated outside of HTTP");
        return (
            new DecisionProgram(
                steps, [.. nodes.Select(static node => node.Place)], [.. _facts.Items], [.. _constants.Items], [.. _sets.Items], [.. _versions.Items],
                [.. _buckets], [.. _weights], usesHost),
            null);
    }

    private ProgramStep StepOf(NodeContent node) => new(
        node.Op, node.How, OperandOf(node.Left), OperandOf(node.Right), NumberOf(node.Yes), NumberOf(node.No), NumberOf(node.Neither), ExtraOf(node));

    private int NumberOf(Node? node) => node is null ? 0 : _numbers[node];

    private Operand OperandOf(Leaf? leaf) => leaf switch
    {
        null => default,
        { Kind: LeafKind.Fact } fact => new Operand(OperandKind.Fact, _facts.IndexOf(fact.Fact)),
        { Kind: LeafKind.Register } register => new Operand(OperandKind.Register, register.Register),
        { } constant => new Operand(OperandKind.Constant, _constants.IndexOf(constant.Value)),
    };

    private int ExtraOf(NodeContent node)
    {
        switch (node.Table)
        {
            case ConstantSet set:
                return _sets.IndexOf(set);
            case SemanticVersion version:
                return _versions.IndexOf(version);
            case Shares { Weights.IsEmpty: true } shares:
                _buckets.Add(new BucketTable(shares.Ends, [.. shares.Targets.Select(NumberOf)]));
                return _buckets.Count - 1;
            case Shares shares:
                _weights.Add(new WeightTable([.. shares.Weights.Select(weight => OperandOf(weight))], [.. shares.Targets.Select(NumberOf)]));
                return _weights.Count - 1;
            default:
                return node.Op is StepOp.Give or StepOp.Calculate ? node.Number : -1;
        }
    }

    private sealed class Pool<T> where T : notnull
    {
        private readonly Dictionary<T, int> _indices = [];

        internal List<T> Items { get; } = [];

        internal int IndexOf(T item)
        {
            if (!_indices.TryGetValue(item, out var index))
            {
                _indices[item] = index = Items.Count;
                Items.Add(item);
            }

            return index;
        }
    }
}
