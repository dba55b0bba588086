using Fabric.Flags.Targeting;

namespace Fabric.Flags.Compilation;

/// <summary>Expressions whose value is asked for.</summary>
internal sealed partial class ExpressionCompiler
{
    /// <summary>What is done with a value, given where it ends and the first register that is free then.</summary>
    private delegate Node After(Leaf leaf, int depth);

    /// <summary>Goes on with the expression's value, on each of its ways.</summary>
    private Node Value(Expression expression, int depth, After after)
    {
        if (!MayVisit())
            return _fail;
        if (_nesting >= MaxNesting)
            return RefuseSize();
        _nesting++;
        var node = Ways(expression, depth, after);
        _nesting--;
        return node;
    }

    private Node Ways(Expression expression, int depth, After after)
    {
        switch (expression)
        {
            case Expression.Constant { Value: var value } constant:
                return value.Text?.Contains('\0') == true
                    ? Refuse(constant.Place, "a string with the character U+0000 is evaluated over HTTP only")
                    : after(Leaf.Of(value), depth);
            case Expression.Variable variable:
                return Variable(variable, depth, after);
            case Expression.ListLiteral list:
                return after(Leaf.Of(list), depth);
            case Expression.Cat text:
                return after(Leaf.Of(text), depth);
            case Expression.Choice condition:
                return Branches(condition, depth, part => Value(part, depth, after), () => after(Leaf.Of(Scalar.Null), depth));
            case Expression.EveryOf and:
                return Deciding(and.Arguments, and.Place, depth, after, decides: false);
            case Expression.AnyOf or:
                return Deciding(or.Arguments, or.Place, depth, after, decides: true);
            case Expression.Fractional fractional:
                return Fractional(fractional, depth, after);
            case Expression.Arithmetic arithmetic:
                return Arithmetic(arithmetic, depth, after);
            case Expression.StringTest or Expression.VersionTest:
                return Find(expression, depth, after(Leaf.Of(true), depth), after(Leaf.Of(false), depth), after(Leaf.Of(Scalar.Null), depth));
            case Expression.Missing missing:
                return Refuse(missing.Place, "\"missing\" as a value is evaluated over HTTP only");
            case Expression.HttpOnly remote:
                return Refuse(remote.Place, remote.Because);
            default:
                return Test(expression, depth, after(Leaf.Of(true), depth), after(Leaf.Of(false), depth));
        }
    }

    private Node Variable(Expression.Variable variable, int depth, After after)
    {
        var (leaf, because) = _facts.Find(variable.Name);
        if (because is not null)
            return Refuse(variable.Place, because);
        if (variable.Default is null or Expression.Constant { Value.Type: ScalarType.Null } || leaf.IsConstant && !leaf.Is(ScalarType.Null))
            return after(leaf, depth);
        var otherwise = Value(variable.Default, depth, after);
        return leaf.IsConstant
            ? otherwise
            : Make(new NodeContent(StepOp.Absent) { Left = leaf, Yes = otherwise, No = after(leaf, depth) }, variable.Place);
    }

    /// <summary><c>and</c> and <c>or</c> as values: the first argument whose truth is <paramref name="decides"/>, or the last.</summary>
    private Node Deciding(IReadOnlyList<Expression> parts, string place, int depth, After after, bool decides)
    {
        var next = Value(parts[^1], depth, after);
        for (var i = parts.Count - 2; i >= 0; i--)
        {
            var rest = next;
            next = Value(parts[i], depth, (leaf, free) =>
            {
                // What a constant does not lead to is not made.
                if (leaf.IsConstant)
                    return leaf.Value.IsTrue == decides ? after(leaf, free) : rest;
                var decided = after(leaf, free);
                return decides ? Truth(leaf, place, decided, rest) : Truth(leaf, place, rest, decided);
            });
        }

        return next;
    }

    /// <summary>
    /// Goes on at <paramref name="next"/>, or fails where the expression does: of some operators the engine computes every
    /// argument, also those whose value it does not use.
    /// </summary>
    private Node Computed(Expression expression, int depth, Node next) => CanFail(expression) ? Value(expression, depth, (_, _) => next) : next;

    private static bool CanFail(Expression expression) => expression switch
    {
        Expression.Constant or Expression.Missing => false,
        Expression.Variable variable => variable.Default is { } otherwise && CanFail(otherwise),
        Expression.ListLiteral list => list.Elements.Any(CanFail),
        Expression.Choice condition => condition.Arguments.Any(CanFail),
        Expression.EveryOf and => and.Arguments.Any(CanFail),
        Expression.AnyOf or => or.Arguments.Any(CanFail),
        Expression.Negation not => CanFail(not.Argument),
        Expression.Truth truth => CanFail(truth.Argument),
        Expression.Comparison comparison => comparison.Kind is not (ComparisonKind.Same or ComparisonKind.NotSame) || comparison.Operands.Any(CanFail),
        // In a list that is written out, there is always an answer.
        Expression.Membership membership => membership.Haystack is not Expression.ListLiteral || CanFail(membership.Needle) || CanFail(membership.Haystack),
        Expression.StringTest test => CanFail(test.Text) || CanFail(test.Part),
        Expression.VersionTest test => CanFail(test.Left) || CanFail(test.Right),
        Expression.Fractional fractional => fractional.Seed is { } seed && CanFail(seed)
            || fractional.Shares.Any(static share => CanFail(share.Variant) || share.Weight is { } weight && CanFail(weight)),
        _ => true,
    };
}
