using System.Collections.Immutable;

namespace Fabric.Bpf.Evaluation;

/// <summary>What kind of value an attribute has: enum flag_value_type.</summary>
public enum FactType
{
    Null = 0,
    Boolean = 1,
    Integer = 2,
    Double = 3,
    String = 4,

    /// <summary>Its elements are the attributes that follow it, which have no names; <see cref="CallerFact.Integer"/> of them.</summary>
    List = 5,

    /// <summary>Rules can ask whether it is there, and by dotted names for what is in it.</summary>
    Object = 6,
}

/// <summary>One thing that is known of a caller.</summary>
/// <param name="Name">Its name, with dots where it stands in an object; null for an element of a list.</param>
/// <param name="Type">What kind of value it has.</param>
/// <param name="Integer">The value of an integer; 0 or 1 for a boolean; the number of elements of a list.</param>
/// <param name="Number">The value of a double.</param>
/// <param name="Text">The value of a string.</param>
public readonly record struct CallerFact(string? Name, FactType Type, long Integer = 0, double Number = 0, string? Text = null);

/// <summary>Who asks.</summary>
/// <param name="TargetingKey">The caller's key; null for none.</param>
/// <param name="Attributes">What else is known; of two with one name the first counts.</param>
public sealed record EvaluationContext(string? TargetingKey, ImmutableArray<CallerFact> Attributes)
{
    /// <summary>Nobody in particular.</summary>
    public static EvaluationContext Empty { get; } = new(null, []);
}
