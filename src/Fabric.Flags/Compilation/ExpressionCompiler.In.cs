using System.Collections.Immutable;
using Fabric.Flags.Targeting;

namespace Fabric.Flags.Compilation;

/// <summary><c>in</c>: in a list that is written out, in a string, or in a fact.</summary>
internal sealed partial class ExpressionCompiler
{
    private const byte HoldsNull = 1, HoldsFalse = 2, HoldsTrue = 4;

    private Node Contains(Expression.Membership membership, Leaf needle, Leaf haystack, int depth, Node yes, Node no)
    {
        if (!needle.IsOperand)
            return RefuseLiteral(needle);
        switch (haystack.Kind)
        {
            case LeafKind.List:
                return InList(membership, needle, (Expression.ListLiteral)haystack.Literal!, depth, yes, no);
            case LeafKind.Text:
                return RefuseLiteral(haystack);
            case LeafKind.Constant when !haystack.Value.IsTrue:
                return no;
            case LeafKind.Constant when haystack.Value.Type != ScalarType.String:
                return _fail;
            case LeafKind.Constant when needle.Is(ScalarType.String):
                return haystack.Value.Text!.Contains(needle.Value.Text!, StringComparison.Ordinal) ? yes : no;
            default:
                return Make(new NodeContent(StepOp.In) { Left = needle, Right = haystack, Yes = yes, No = no }, membership.Place);
        }
    }

    /// <summary>The constants of the list are one set; other elements are compared with in turn.</summary>
    private Node InList(Expression.Membership membership, Leaf needle, Expression.ListLiteral list, int depth, Node yes, Node no)
    {
        var others = list.Elements.Where(static element => element is not Expression.Constant).ToArray();
        var next = others.Reverse().Aggregate(no, (rest, element) => Value(element, depth, (leaf, _) =>
            Compare(ComparisonKind.Same, needle, leaf, membership.Place, yes, rest)));
        next = InSet(membership, needle, SetOf(list), yes, next);
        return others.Reverse().Aggregate(next, (rest, element) => Computed(element, depth, rest));
    }

    private Node InSet(Expression.Membership membership, Leaf needle, ConstantSet set, Node yes, Node no)
    {
        if (yes == no || set is { Members.IsEmpty: true, Others: 0 })
            return no;
        if (needle.IsConstant)
            return set.Members.Contains(needle.Value) || (set.Others & Bit(needle.Value)) != 0 ? yes : no;
        return Make(new NodeContent(StepOp.InSet) { How = set.Others, Left = needle, Yes = yes, No = no, Table = set }, membership.Place);
    }

    private ConstantSet SetOf(Expression.ListLiteral list)
    {
        if (_sets.TryGetValue(list, out var known))
            return known;
        var members = ImmutableArray.CreateBuilder<Scalar>();
        var seen = new HashSet<Scalar>();
        byte others = 0;
        foreach (var constant in list.Elements.OfType<Expression.Constant>())
        {
            if (constant.Value.Text?.Contains('\0') == true)
                Refuse(constant.Place, "a string with the character U+0000 is evaluated over HTTP only");
            if (Bit(constant.Value) is var bit and not 0)
                others |= bit;
            else if (seen.Add(constant.Value))
                members.Add(constant.Value);
        }

        return _sets[list] = new ConstantSet(members.ToImmutable(), others);
    }

    private static byte Bit(Scalar value) => value.Type switch
    {
        ScalarType.Null => HoldsNull,
        ScalarType.Boolean => value.IsTrue ? HoldsTrue : HoldsFalse,
        _ => 0,
    };
}
