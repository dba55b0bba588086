using Fabric.Flags.Targeting;

namespace Fabric.Flags.Compilation;

/// <summary>Calculations: what is known is calculated at once, the rest in registers.</summary>
internal sealed partial class ExpressionCompiler
{
    private Node Arithmetic(Expression.Arithmetic arithmetic, int depth, After after)
    {
        // One operand is made a number: added to nothing, or taken from it.
        return arithmetic.Operands.Length == 1
            ? Chain(arithmetic, 0, Leaf.Of(Scalar.Of(0L)), depth, depth, after)
            : Value(arithmetic.Operands[0], depth, (first, free) => Chain(arithmetic, 1, first, depth, free, after));
    }

    /// <summary>Goes on from the operand <paramref name="index"/>, with what is calculated so far in <paramref name="sum"/>.</summary>
    /// <param name="arithmetic">What is calculated.</param>
    /// <param name="index">Of the next operand.</param>
    /// <param name="sum">What came of those before.</param>
    /// <param name="register">Where results go.</param>
    /// <param name="depth">The first register that is free.</param>
    /// <param name="after">What is done with the result.</param>
    private Node Chain(Expression.Arithmetic arithmetic, int index, Leaf sum, int register, int depth, After after)
    {
        for (; index < arithmetic.Operands.Length; index++)
        {
            var operand = arithmetic.Operands[index];
            if (operand is not Expression.Constant constant || Fold(arithmetic.Kind, sum, Leaf.Of(constant.Value)) is not { } known)
            {
                var rest = index + 1;
                return Value(operand, depth, (leaf, _) => Fold(arithmetic.Kind, sum, leaf) is { } result
                    ? Chain(arithmetic, rest, Leaf.Of(Scalar.Of(result)), register, depth, after)
                    : Calculate(arithmetic, sum, leaf, register, () =>
                        Chain(arithmetic, rest, Leaf.InRegister(register), register, register + 1, after)));
            }

            sum = Leaf.Of(Scalar.Of(known));
        }

        return after(sum, depth);
    }

    private static long? Fold(Calculation kind, Leaf left, Leaf right) =>
        left is { IsConstant: true, IsFolded: false } && right is { IsConstant: true, IsFolded: false }
        && Folding.Whole(left.Value) is { } one && Folding.Whole(right.Value) is { } other
            ? Folding.Calculate(kind, one, other)
            : null;

    private Node Calculate(Expression.Arithmetic arithmetic, Leaf left, Leaf right, int register, Func<Node> next)
    {
        foreach (var operand in (Leaf[])[left, right])
        {
            if (!operand.IsOperand)
                return RefuseLiteral(operand);
            if (operand is { IsConstant: true, IsFolded: false } && Folding.Whole(operand.Value) is null)
                return Refuse(arithmetic.Place, $"a calculation with {operand.Value}, which is no whole number, is evaluated over HTTP only");
        }

        if (register >= Limits.ProgramRegisters)
            return Refuse(arithmetic.Place, $"more than {Limits.ProgramRegisters} calculated values at once are evaluated over HTTP only");
        return Make(
            new NodeContent(StepOp.Calculate) { How = (byte)arithmetic.Kind, Left = left, Right = right, Yes = next(), Number = register },
            arithmetic.Place);
    }
}
