using System.Numerics;

namespace Fabric.Language.Tests.Model;

/// <summary>fractional: callers divided by the hash of a text.</summary>
internal static class Fractional
{
    private const int MaxTotal = int.MaxValue;

    /// <param name="hashed">The text that is hashed; null for none.</param>
    /// <param name="buckets">Each bucket's variant, and its weight; null where none is written.</param>
    /// <param name="seen">What was come by.</param>
    internal static Value Choose(string? hashed, IReadOnlyList<(Value Variant, Value? Weight)> buckets, Observations seen)
    {
        var weights = buckets.Select(bucket => Weight(bucket.Weight, seen)).ToArray();
        seen.See(Departure.ListVariant, buckets.Any(static bucket => bucket.Variant is Value.List or Value.Container));
        if (hashed is null || weights.Contains(null))
            return Value.Null;
        var total = weights.Aggregate(BigInteger.Zero, static (sum, weight) => sum + weight!.Value);
        if (total.IsZero || total > MaxTotal)
            return Value.Null;

        seen.See(Departure.NonAsciiHashed, hashed.Any(static c => c > 127));
        var place = (BigInteger)Murmur3.Hash(hashed) * total >> 32;
        var end = BigInteger.Zero;
        for (var i = 0; ; i++)
        {
            end += weights[i]!.Value;
            if (end > place)
                return buckets[i].Variant;
        }
    }

    private static BigInteger? Weight(Value? weight, Observations seen)
    {
        seen.See(Departure.NullWeight, weight is Value.Nothing);
        return weight switch
        {
            null or Value.Nothing => BigInteger.One,
            Value.Number { Is: { IsWhole: true } number } => BigInteger.Max(0, number.Whole),
            _ => null,
        };
    }
}
