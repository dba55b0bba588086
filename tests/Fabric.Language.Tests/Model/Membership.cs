using System.Collections.Immutable;

namespace Fabric.Language.Tests.Model;

/// <summary>in, and how values are written where a text is made of them.</summary>
internal static class Membership
{
    internal static bool Holds(Value wanted, Value whole, Observations seen)
    {
        if (whole is Value.List list)
            return IsElement(wanted, list.Elements, seen);
        if (!whole.IsTrue)
            return false;
        if (whole is not Value.Text text)
            throw new EvaluationFailedException("in of what has no parts");
        return text.Is.Contains(wanted is Value.Nothing ? "null" : Write(wanted, seen), StringComparison.Ordinal);
    }

    internal static bool IsElement(Value wanted, ImmutableArray<Value> elements, Observations seen)
    {
        seen.See(Departure.NeverSame, wanted is Value.List or Value.Container);
        return elements.Any(wanted.IsSame);
    }

    /// <summary>As `cat` writes it.</summary>
    internal static string Write(Value value, Observations seen)
    {
        var written = value switch
        {
            Value.Nothing => "",
            Value.Truth truth => truth.Holds ? "true" : "false",
            Value.Number number => NumberText.Write(number),
            Value.Text text => text.Is,
            _ => null,
        };
        seen.See(Departure.TextRefused, written is null);
        return written ?? throw new EvaluationFailedException("a value that has no text");
    }
}
