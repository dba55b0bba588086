using Fabric.Flags.Targeting;

namespace Fabric.Flags.Compilation;

/// <summary>Expressions where only their truth is asked for, and what finds yes, no or neither.</summary>
internal sealed partial class ExpressionCompiler
{
    /// <summary>Goes on at <paramref name="yes"/> where the expression is true to JSONLogic, otherwise at <paramref name="no"/>.</summary>
    private Node Test(Expression expression, int depth, Node yes, Node no)
    {
        if (!MayVisit())
            return _fail;
        switch (expression)
        {
            case Expression.Constant constant:
                return constant.Value.IsTrue ? yes : no;
            case Expression.Negation not:
                return Test(not.Argument, depth, no, yes);
            case Expression.Truth truth:
                return Test(truth.Argument, depth, yes, no);
            case Expression.EveryOf and:
                return and.Arguments.Reverse().Aggregate(yes, (next, part) => Test(part, depth, next, no));
            case Expression.AnyOf or:
                return or.Arguments.Reverse().Aggregate(no, (next, part) => Test(part, depth, yes, next));
            case Expression.Choice condition:
                return Branches(condition, depth, part => Test(part, depth, yes, no), () => no);
            case Expression.Missing missing:
                return missing.Names.Reverse().Aggregate(no, (next, name) => IfAbsent(name, missing.Place, yes, next));
            case Expression.Comparison or Expression.Membership or Expression.StringTest or Expression.VersionTest:
                return Find(expression, depth, yes, no, no);
            default:
                return Value(expression, depth, (leaf, _) => Truth(leaf, expression.Place, yes, no));
        }
    }

    /// <summary>The ways of an <c>if</c>, from its last condition to its first. What a constant condition rules out is left out.</summary>
    private Node Branches(Expression.Choice condition, int depth, Func<Expression, Node> result, Func<Node> otherwise)
    {
        var parts = condition.Arguments;
        var next = parts.Length % 2 == 1 ? result(parts[^1]) : otherwise();
        for (var i = parts.Length - parts.Length % 2 - 2; i >= 0; i -= 2)
        {
            next = parts[i] is Expression.Constant constant
                ? constant.Value.IsTrue ? result(parts[i + 1]) : next
                : Test(parts[i], depth, result(parts[i + 1]), next);
        }

        return next;
    }

    /// <summary>What an operator finds that answers yes, no or, for some, neither.</summary>
    private Node Find(Expression expression, int depth, Node yes, Node no, Node neither) => expression switch
    {
        Expression.Comparison comparison => Value(comparison.Operands[0], depth, (left, after) =>
            Value(comparison.Operands[1], after, (right, last) => Compare(comparison, left, right, Third(comparison, right, last, yes, no), no))),
        Expression.Membership membership => Value(membership.Needle, depth, (needle, after) =>
            Value(membership.Haystack, after, (haystack, last) => Contains(membership, needle, haystack, last, yes, no))),
        Expression.StringTest test => Value(test.Text, depth, (text, after) =>
            Value(test.Part, after, (part, _) => StringTest(test, text, part, yes, no, neither))),
        Expression.VersionTest test => Value(test.Left, depth, (left, after) =>
            Value(test.Right, after, (right, _) => VersionTest(test, left, right, yes, no, neither))),
        _ => throw new InvalidOperationException($"{expression.GetType().Name} answers neither yes nor no"),
    };

    /// <summary>A third operand is looked at only when the first two compare.</summary>
    private Node Third(Expression.Comparison comparison, Leaf second, int depth, Node yes, Node no) => comparison.Operands.Length < 3
        ? yes
        : Value(comparison.Operands[2], depth, (third, _) => Compare(comparison, second, third, yes, no));

    private Node Compare(Expression.Comparison comparison, Leaf left, Leaf right, Node yes, Node no) =>
        Compare(comparison.Kind, left, right, comparison.Place, yes, no);

    private Node Compare(ComparisonKind kind, Leaf left, Leaf right, string place, Node yes, Node no)
    {
        if (!left.IsOperand || !right.IsOperand)
            return RefuseLiteral(left.IsOperand ? right : left);
        if (left.IsConstant && right.IsConstant && Folding.Compare(kind, left.Value, right.Value) is { } known)
            return known ? yes : no;
        var strict = kind is ComparisonKind.Same or ComparisonKind.NotSame;
        return strict && yes == no
            ? yes
            : Make(new NodeContent(StepOp.Compare) { How = (byte)kind, Left = left, Right = right, Yes = yes, No = no }, place);
    }

    private Node Truth(Leaf leaf, string place, Node yes, Node no)
    {
        if (!leaf.IsOperand)
            return RefuseLiteral(leaf);
        if (leaf.IsConstant)
            return leaf.Value.IsTrue ? yes : no;
        return yes == no ? yes : Make(new NodeContent(StepOp.Truth) { Left = leaf, Yes = yes, No = no }, place);
    }

    private Node IfAbsent(string name, string place, Node yes, Node no)
    {
        var (leaf, because) = _facts.Find(name);
        if (because is not null)
            return Refuse(place, because);
        if (leaf.IsConstant)
            return leaf.Is(ScalarType.Null) ? yes : no;
        return yes == no ? yes : Make(new NodeContent(StepOp.Absent) { Left = leaf, Yes = yes, No = no }, place);
    }

    private Node StringTest(Expression.StringTest test, Leaf text, Leaf part, Node yes, Node no, Node neither)
    {
        if (!text.IsOperand || !part.IsOperand)
            return RefuseLiteral(text.IsOperand ? part : text);
        if (IsNoString(text) || IsNoString(part))
            return neither;
        if (text.IsConstant && part.IsConstant)
        {
            return (test.AtEnd
                ? text.Value.Text!.EndsWith(part.Value.Text!, StringComparison.Ordinal)
                : text.Value.Text!.StartsWith(part.Value.Text!, StringComparison.Ordinal)) ? yes : no;
        }

        if (yes == no && no == neither)
            return yes;
        var op = test.AtEnd ? StepOp.EndsWith : StepOp.StartsWith;
        return Make(new NodeContent(op) { Left = text, Right = part, Yes = yes, No = no, Neither = neither }, test.Place);
    }

    private Node VersionTest(Expression.VersionTest test, Leaf left, Leaf right, Node yes, Node no, Node neither)
    {
        if (!left.IsOperand || !right.IsOperand)
            return RefuseLiteral(left.IsOperand ? right : left);
        var (own, other) = (VersionOf(left), VersionOf(right));
        if (IsNoVersion(left, own) || IsNoVersion(right, other))
            return neither;
        if (own is not null && other is not null)
            return own.Is(test.Kind, other) ? yes : no;
        if (yes == no && no == neither)
            return yes;
        return Make(
            new NodeContent(StepOp.Version)
            {
                How = (byte)test.Kind, Left = left, Right = other is null ? right : null, Yes = yes, No = no, Neither = neither,
                Table = other is null ? null : _nodes.Same(other),
            },
            test.Place);
    }

    /// <summary>A constant's version: a number is one as it is written. Null for what the evaluator must read, too.</summary>
    private static SemanticVersion? VersionOf(Leaf leaf) =>
        leaf.IsConstant && !leaf.Is(ScalarType.Null) && Folding.Text(leaf.Value) is { } text ? SemanticVersion.Parse(text) : null;

    private static bool IsNoVersion(Leaf leaf, SemanticVersion? version) => leaf.IsConstant && version is null && !leaf.Is(ScalarType.Double);

    private static bool IsNoString(Leaf leaf) => leaf.Kind == LeafKind.Register || leaf.IsConstant && leaf.Value.Type != ScalarType.String;
}
