using System.Collections.Immutable;
using System.Text;
using Fabric.Flags.Targeting;

namespace Fabric.Flags.Compilation;

/// <summary><c>fractional</c>: the weights first, then the hash, then the share that holds it.</summary>
internal sealed partial class ExpressionCompiler
{
    private static readonly Leaf One = Leaf.Of(Scalar.Of(1L));
    private static readonly Leaf Nothing = Leaf.Of(Scalar.Of(""));

    private Node Fractional(Expression.Fractional fractional, int depth, After after)
    {
        var nobody = after(Leaf.Of(Scalar.Null), depth);
        ImmutableArray<Node> targets = [.. fractional.Shares.Select(share => Value(share.Variant, depth, after))];
        var first = Weights(fractional, [], depth, (weights, free) =>
            Seed(fractional, free, Project(fractional, weights, targets, nobody), nobody));
        return fractional.Shares.Reverse().Aggregate(first, (next, share) => Computed(share.Variant, depth, next));
    }

    /// <summary>Finds out the weights in turn.</summary>
    private Node Weights(Expression.Fractional fractional, ImmutableArray<Leaf> known, int depth, Func<ImmutableArray<Leaf>, int, Node> after)
    {
        while (known.Length < fractional.Shares.Length && fractional.Shares[known.Length].Weight is null or Expression.Constant)
            known = known.Add(fractional.Shares[known.Length].Weight is Expression.Constant weight ? Leaf.Of(weight.Value) : One);
        return known.Length == fractional.Shares.Length
            ? after(known, depth)
            : Value(fractional.Shares[known.Length].Weight!, depth, (leaf, free) => Weights(fractional, known.Add(AsWeight(leaf)), free, after));
    }

    /// <summary>A double below -2^53 is a whole number, too, and as a weight 0.</summary>
    private static Leaf AsWeight(Leaf leaf) => leaf.Is(ScalarType.Double) && leaf.Value.Number < -Scalar.LargestInteger ? Leaf.Of(Scalar.Of(0L)) : leaf;

    /// <summary>From the hash to its share.</summary>
    private Node Project(Expression.Fractional fractional, ImmutableArray<Leaf> weights, ImmutableArray<Node> targets, Node nobody)
    {
        if (weights.FirstOrDefault(static weight => !weight.IsOperand) is { Literal: not null } literal)
            return RefuseLiteral(literal);
        if (weights.Any(static weight => weight.IsConstant && weight.Value.Type is not (ScalarType.Null or ScalarType.Integer)))
            return nobody;
        if (weights.Any(static weight => !weight.IsConstant))
        {
            var table = _nodes.Same(new Shares([], weights, targets));
            return Make(new NodeContent(StepOp.Weigh) { No = nobody, Table = table }, fractional.Place);
        }

        var ends = ImmutableArray.CreateBuilder<uint>(weights.Length);
        var sum = 0L;
        foreach (var weight in weights)
        {
            sum = Math.Min(sum + (weight.Is(ScalarType.Null) ? 1 : Math.Max(0, weight.Value.Bits)), uint.MaxValue);
            ends.Add((uint)sum);
        }

        return sum is 0 or > Limits.TotalWeight
            ? nobody
            : Make(new NodeContent(StepOp.Bucket) { Table = _nodes.Same(new Shares(ends.MoveToImmutable(), [], targets)) }, fractional.Place);
    }

    /// <summary>Hashes the bucketing value, then goes on at <paramref name="project"/>.</summary>
    private Node Seed(Expression.Fractional fractional, int depth, Node project, Node nobody)
    {
        var place = fractional.Place;
        return fractional.Seed is null ? HashKey(place, project, nobody) : Value(fractional.Seed, depth, (leaf, free) => leaf.Kind switch
        {
            LeafKind.List => RefuseLiteral(leaf),
            LeafKind.Text => HashParts(place, (Expression.Cat)leaf.Literal!, free, project),
            LeafKind.Fact => Begin(Nothing, place, Make(
                new NodeContent(StepOp.HashString) { Left = leaf, Yes = project, No = HashKey(place, project, nobody), Neither = nobody }, place)),
            LeafKind.Constant when leaf.Is(ScalarType.String) => Begin(leaf, place, project),
            LeafKind.Constant when leaf.Is(ScalarType.Null) => HashKey(place, project, nobody),
            _ => nobody,
        });
    }

    private Node HashKey(string place, Node project, Node nobody) => project == nobody
        ? nobody
        : Begin(_bucketingName, place, Make(new NodeContent(StepOp.HashKey) { Yes = project, No = nobody }, place));

    private Node Begin(Leaf text, string place, Node next) => Make(new NodeContent(StepOp.HashBegin) { Left = text, Yes = next }, place);

    /// <summary>Hashes a text's parts: all of them are found out before, since finding one out may hash something else.</summary>
    private Node HashParts(string place, Expression.Cat text, int depth, Node project) =>
        Parts(Flat(text), [], depth, parts =>
        {
            var next = project;
            for (var i = parts.Count - 1; i >= 0; i--)
            {
                if (i == 0 && parts[i] is { IsFolded: false, Value.Type: ScalarType.String, IsConstant: true })
                    return Begin(parts[i], place, next);
                next = Make(new NodeContent(StepOp.HashText) { Left = parts[i], Yes = next }, place);
            }

            return Begin(Nothing, place, next);
        });

    private Node Parts(Expression[] rest, ImmutableList<Leaf> known, int depth, Func<ImmutableList<Leaf>, Node> after)
    {
        var literal = new StringBuilder();
        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i] is Expression.Constant { Value: var value } && Folding.Text(value) is { } text && !text.Contains('\0'))
            {
                literal.Append(text);
                continue;
            }

            var (before, left) = (WithText(known, literal), rest.Skip(i + 1).ToArray());
            return Value(rest[i], depth, (leaf, free) => leaf.IsOperand ? Parts(left, before.Add(leaf), free, after) : RefuseLiteral(leaf));
        }

        return after(WithText(known, literal));
    }

    private static ImmutableList<Leaf> WithText(ImmutableList<Leaf> parts, StringBuilder text) =>
        text.Length > 0 ? parts.Add(Leaf.Of(Scalar.Of(text.ToString()))) : parts;

    private static Expression[] Flat(Expression.Cat text) =>
        [.. text.Arguments.SelectMany(static part => part is Expression.Cat inner ? Flat(inner) : [part])];
}
