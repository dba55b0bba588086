using System.Collections.Immutable;

namespace Fabric.Flags.Targeting;

/// <summary>A part of a rule: JSONLogic, parsed and sound in its form.</summary>
/// <param name="Place">JSON pointer to it in the definition; of an operation, to its operator, such as <c>/targeting/if/0/==</c>.</param>
public abstract record Expression(string Place)
{
    /// <summary>A value that stands there as it is.</summary>
    public sealed record Constant(string Place, Scalar Value) : Expression(Place);

    /// <summary>A list that is written out.</summary>
    public sealed record ListLiteral(string Place, ImmutableArray<Expression> Elements) : Expression(Place);

    /// <summary>A fact by its name; where it is null or not there, <paramref name="Default"/>.</summary>
    public sealed record Variable(string Place, string Name, Expression? Default) : Expression(Place);

    /// <summary><c>if</c>: conditions and results in turn, then what else.</summary>
    public sealed record Choice(string Place, ImmutableArray<Expression> Arguments) : Expression(Place);

    /// <summary><c>and</c>: the first argument that is false, or the last.</summary>
    public sealed record EveryOf(string Place, ImmutableArray<Expression> Arguments) : Expression(Place);

    /// <summary><c>or</c>: the first argument that is true, or the last.</summary>
    public sealed record AnyOf(string Place, ImmutableArray<Expression> Arguments) : Expression(Place);

    /// <summary><c>!</c>.</summary>
    public sealed record Negation(string Place, Expression Argument) : Expression(Place);

    /// <summary><c>!!</c>.</summary>
    public sealed record Truth(string Place, Expression Argument) : Expression(Place);

    /// <summary>Two operands; of &lt; and &lt;= also three, where the second stands between the others.</summary>
    public sealed record Comparison(string Place, ComparisonKind Kind, ImmutableArray<Expression> Operands) : Expression(Place);

    public sealed record Membership(string Place, Expression Needle, Expression Haystack) : Expression(Place);

    /// <summary>The names of facts that are not there.</summary>
    public sealed record Missing(string Place, ImmutableArray<string> Names) : Expression(Place);

    /// <summary><c>starts_with</c> and <c>ends_with</c>.</summary>
    public sealed record StringTest(string Place, bool AtEnd, Expression Text, Expression Part) : Expression(Place);

    /// <summary><c>sem_ver</c>.</summary>
    public sealed record VersionTest(string Place, Expression Left, VersionComparison Kind, Expression Right) : Expression(Place);

    /// <summary>Callers divided by a hash of <paramref name="Seed"/>, or of the flag's and their key.</summary>
    public sealed record Fractional(string Place, Expression? Seed, ImmutableArray<Share> Shares) : Expression(Place);

    public sealed record Cat(string Place, ImmutableArray<Expression> Arguments) : Expression(Place);

    /// <summary>A single operand of + is made a number, of - also negated.</summary>
    public sealed record Arithmetic(string Place, Calculation Kind, ImmutableArray<Expression> Operands) : Expression(Place);

    /// <summary>What only the HTTP API evaluates.</summary>
    /// <param name="Place">Where it stands.</param>
    /// <param name="Because">Why, as what <c>evaluableIn</c> is explained with.</param>
    public sealed record HttpOnly(string Place, string Because) : Expression(Place);
}

/// <summary>One part of a <c>fractional</c>.</summary>
/// <param name="Variant">Who falls into it gets this.</param>
/// <param name="Weight">Its part of the whole; null for 1.</param>
public sealed record Share(Expression Variant, Expression? Weight);

/// <summary>enum flag_comparison.</summary>
public enum ComparisonKind : byte
{
    Equal = 0,
    NotEqual = 1,
    Same = 2,
    NotSame = 3,
    Less = 4,
    LessOrEqual = 5,
    Greater = 6,
    GreaterOrEqual = 7,
}

/// <summary>enum flag_version_comparison.</summary>
public enum VersionComparison : byte
{
    Equal = 0,
    NotEqual = 1,
    Less = 2,
    LessOrEqual = 3,
    Greater = 4,
    GreaterOrEqual = 5,

    /// <summary>^</summary>
    SameMajor = 6,

    /// <summary>~</summary>
    SameMinor = 7,
}

/// <summary>enum flag_calculation.</summary>
public enum Calculation : byte
{
    Add = 0,
    Subtract = 1,
    Multiply = 2,
    Divide = 3,
    Remainder = 4,
}
