using Fabric.Flags.Targeting;

namespace Fabric.Flags.Compilation;

internal enum LeafKind : byte
{
    Constant,
    Fact,
    Register,
    List,
    Text,
}

/// <summary>What an expression comes down to on one of its ways.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">A constant.</param>
/// <param name="Fact">A fact.</param>
/// <param name="Register">Where a calculated value stands.</param>
/// <param name="Literal">A list or a <c>cat</c>, which only some operators can take.</param>
/// <param name="IsFolded">A constant that was a fact in the rule, and so says nothing of the rule itself.</param>
internal readonly record struct Leaf(LeafKind Kind, Scalar Value, Fact Fact, int Register, Expression? Literal, bool IsFolded)
{
    internal static Leaf Of(Scalar value, bool folded = false) => new(LeafKind.Constant, value, default, 0, null, folded);

    internal static Leaf Of(bool value) => Of(Scalar.Of(value));

    internal static Leaf Of(Fact fact) => new(LeafKind.Fact, default, fact, 0, null, false);

    internal static Leaf Of(Expression.ListLiteral list) => new(LeafKind.List, default, default, 0, list, false);

    internal static Leaf Of(Expression.Cat text) => new(LeafKind.Text, default, default, 0, text, false);

    internal static Leaf InRegister(int register) => new(LeafKind.Register, default, default, register, null, false);

    internal bool IsConstant => Kind == LeafKind.Constant;

    internal bool Is(ScalarType type) => IsConstant && Value.Type == type;

    /// <summary>Whether a step can look at it.</summary>
    internal bool IsOperand => Kind <= LeafKind.Register;
}
