using System.Collections.Immutable;
using Fabric.Flags.Targeting;

namespace Fabric.Flags.Compilation;

/// <summary>A step before it has a number. Its successors are older than itself, so nothing ever leads in a circle.</summary>
internal sealed class Node(int id, in NodeContent content, string place)
{
    internal int Id => id;

    internal NodeContent Content { get; } = content;

    internal string Place => place;

    internal IEnumerable<Node> Successors()
    {
        foreach (var next in (Node?[])[Content.Yes, Content.No, Content.Neither])
        {
            if (next is not null)
                yield return next;
        }

        if (Content.Table is Shares shares)
        {
            foreach (var target in shares.Targets)
                yield return target;
        }
    }
}

/// <summary>What makes two nodes one: they do the same and lead to the same.</summary>
internal readonly record struct NodeContent(StepOp Op)
{
    internal byte How { get; init; }

    internal Leaf? Left { get; init; }

    internal Leaf? Right { get; init; }

    internal Node? Yes { get; init; }

    internal Node? No { get; init; }

    internal Node? Neither { get; init; }

    /// <summary>A variant or a register.</summary>
    internal int Number { get; init; }

    /// <summary>A <see cref="ConstantSet"/>, a <see cref="SemanticVersion"/> or <see cref="Shares"/>, the same object for the same content.</summary>
    internal object? Table { get; init; }

    public bool Equals(NodeContent other) =>
        (Op, How, Left, Right, Number) == (other.Op, other.How, other.Left, other.Right, other.Number)
        && ReferenceEquals(Yes, other.Yes) && ReferenceEquals(No, other.No) && ReferenceEquals(Neither, other.Neither)
        && ReferenceEquals(Table, other.Table);

    public override int GetHashCode() => HashCode.Combine(Op, How, Left, Right, Yes?.Id, No?.Id, Neither?.Id, Number);
}

/// <summary>The shares of a bucketing node.</summary>
/// <param name="Ends">Running sums of the weights, where they are known.</param>
/// <param name="Weights">The weights, where they are found out.</param>
/// <param name="Targets">Where each share goes on.</param>
internal sealed record Shares(ImmutableArray<uint> Ends, ImmutableArray<Leaf> Weights, ImmutableArray<Node> Targets)
{
    public bool Equals(Shares? other) => other is not null
        && Ends.SequenceEqual(other.Ends) && Weights.SequenceEqual(other.Weights) && Targets.SequenceEqual(other.Targets);

    public override int GetHashCode() => HashCode.Combine(Ends.Length, Weights.Length, Targets.Length, Ends.LastOrDefault(), Targets.FirstOrDefault()?.Id);
}
