using System.Collections.Immutable;
using System.Text.Json;

namespace Fabric.Flags.Targeting;

/// <summary><c>fractional</c>: an optional bucketing value, then shares.</summary>
internal sealed partial class ExpressionParser
{
    private Expression Fractional(JsonElement value, string place)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
            return Refuse(place, "must be a non-empty array of [variant, weight], which a bucketing value may precede");

        Expression? seed = null;
        var first = 0;
        if (value[0].ValueKind != JsonValueKind.Array)
        {
            seed = value[0].ValueKind == JsonValueKind.Object
                ? Parse(value[0], Pointer.Child(place, 0))
                : Refuse(Pointer.Child(place, 0), "must be [variant, weight], or a rule that gives the bucketing value");
            first = 1;
        }

        var shares = ImmutableArray.CreateBuilder<Share>();
        for (var i = first; i < value.GetArrayLength(); i++)
            shares.Add(ReadShare(value[i], Pointer.Child(place, i)));
        CheckShares(shares, place);
        return new Expression.Fractional(place, seed, shares.ToImmutable());
    }

    private Share ReadShare(JsonElement share, string place)
    {
        if (share.ValueKind != JsonValueKind.Array || share.GetArrayLength() is < 1 or > 2)
            return new Share(Refuse(place, "must be [variant] or [variant, weight]"), null);
        var variant = Parse(share[0], Pointer.Child(place, 0));
        return new Share(variant, share.GetArrayLength() == 2 ? Weight(share[1], Pointer.Child(place, 1)) : null);
    }

    private Expression Weight(JsonElement weight, string place)
    {
        var parsed = Parse(weight, place);
        if (weight.ValueKind == JsonValueKind.Object)
            return parsed;
        return parsed is Expression.Constant { Value: { Type: ScalarType.Integer, Bits: >= 0 and <= Limits.TotalWeight } }
            ? parsed
            : Refuse(place, $"a weight is a whole number from 0 to {Limits.TotalWeight}, or a rule");
    }

    private void CheckShares(ImmutableArray<Share>.Builder shares, string place)
    {
        if (shares.Count == 0)
            Refuse(place, "has no [variant, weight]");
        if (shares.Count > Limits.Buckets)
            Refuse(place, $"has at most {Limits.Buckets} buckets, and this one has {shares.Count}");
        var literal = shares.Where(static share => share.Weight is null or Expression.Constant { Value.Type: ScalarType.Integer }).ToArray();
        var total = literal.Sum(static share => share.Weight is Expression.Constant weight ? weight.Value.Bits : 1);
        if (total > Limits.TotalWeight)
            Refuse(place, $"the weights' sum is at most {Limits.TotalWeight}, and this one is {total}");
        if (shares.Count > 0 && literal.Length == shares.Count && total == 0)
            Refuse(place, "the weights' sum is 0, so nobody would get anything");
    }
}
