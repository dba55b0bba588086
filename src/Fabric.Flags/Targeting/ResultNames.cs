using System.Collections.Immutable;
using Fabric.Flags.Definitions;

namespace Fabric.Flags.Targeting;

/// <summary>Finds what a rule would give as its result though it names no variant: a slip that would answer an error.</summary>
internal static class ResultNames
{
    internal static void Check(Expression rule, ImmutableArray<Variant> variants, ImmutableArray<Problem>.Builder problems)
    {
        foreach (var result in Results(rule))
        {
            var name = NameOf(result.Value);
            if (name is not null && DefinitionParser.IndexOf(variants, name) < 0)
                problems.Add(new Problem(result.Place, $"names \"{name}\", which is not among the variants"));
        }
    }

    /// <summary>The variant that a result stands for; null for one that names none.</summary>
    internal static string? NameOf(Scalar value) => value.Type switch
    {
        ScalarType.String => value.Text,
        ScalarType.Boolean => value.IsTrue ? "true" : "false",
        _ => null,
    };

    private static IEnumerable<Expression.Constant> Results(Expression rule) => rule switch
    {
        Expression.Constant constant => [constant],
        Expression.Choice { Arguments: var parts } => parts.Where((_, i) => i % 2 == 1 || i == parts.Length - 1).SelectMany(Results),
        Expression.EveryOf { Arguments: var parts } => Deciding(parts, decides: false),
        Expression.AnyOf { Arguments: var parts } => Deciding(parts, decides: true),
        Expression.Fractional fractional => fractional.Shares.SelectMany(static share => Results(share.Variant)),
        _ => [],
    };

    /// <summary>The last argument, and of those before it the constants that go no further.</summary>
    private static IEnumerable<Expression.Constant> Deciding(ImmutableArray<Expression> parts, bool decides) =>
        parts.SelectMany((part, i) => Results(part).Where(result => i == parts.Length - 1 || result.Value.IsTrue == decides));
}
