using System.Collections.Immutable;
using Fabric.Flags.Definitions;

namespace Fabric.Flags.Targeting;

/// <summary>Recognises the common rule that needs no program: one <c>fractional</c> of the caller's key over variants.</summary>
internal static class RolloutShape
{
    internal static Rollout? Of(Expression rule, ImmutableArray<Variant> variants)
    {
        if (rule is not Expression.Fractional fractional || SeedingOf(fractional.Seed) is not { } seeding)
            return null;
        var buckets = ImmutableArray.CreateBuilder<Bucket>(fractional.Shares.Length);
        foreach (var share in fractional.Shares)
        {
            if (share.Variant is not Expression.Constant { Value: var result } || share.Weight is not (null or Expression.Constant))
                return null;
            var index = ResultNames.NameOf(result) is { } name ? DefinitionParser.IndexOf(variants, name) : -1;
            if (index < 0 && result.Type != ScalarType.Null)
                return null;
            buckets.Add(new Bucket(index < 0 ? null : index, share.Weight is Expression.Constant weight ? weight.Value.Bits : 1));
        }

        return new Rollout(seeding, buckets.MoveToImmutable());
    }

    private static RolloutSeeding? SeedingOf(Expression? seed) => seed switch
    {
        null => RolloutSeeding.FlagKeyAndTargetingKey,
        Expression.Variable { Name: "targetingKey", Default: null } => RolloutSeeding.TargetingKey,
        _ => null,
    };
}
