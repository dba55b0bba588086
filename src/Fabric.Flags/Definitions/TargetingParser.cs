using System.Collections.Immutable;
using System.Text.Json;

namespace Fabric.Flags.Definitions;

/// <summary>Reads the part of flagd's targeting that decides without a caller's attributes: <c>fractional</c>.</summary>
internal static class TargetingParser
{
    private const string Place = "/targeting";

    public static Rollout? Parse(JsonElement targeting, ImmutableArray<Variant> variants, ImmutableArray<Problem>.Builder problems)
    {
        if (targeting.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new Problem(Place, $"must be an object, not {DefinitionParser.Named(targeting.ValueKind)}"));
            return null;
        }

        var operators = targeting.EnumerateObject().ToArray();
        if (operators.Length == 0)
            return null;
        if (operators.Length > 1 || operators[0].Name != "fractional")
        {
            problems.Add(new Problem($"{Place}/{operators[^1].Name}", "targeting holds one operator, and \"fractional\" is the one that is evaluated so far"));
            return null;
        }

        return ParseFractional(operators[0].Value, variants, problems);
    }

    private static Rollout? ParseFractional(JsonElement fractional, ImmutableArray<Variant> variants, ImmutableArray<Problem>.Builder problems)
    {
        const string place = $"{Place}/fractional";
        if (fractional.ValueKind != JsonValueKind.Array || fractional.GetArrayLength() == 0)
        {
            problems.Add(new Problem(place, "must be a non-empty array of [variant, weight]"));
            return null;
        }

        var before = problems.Count;
        var arguments = fractional.EnumerateArray().ToArray();
        var seeding = RolloutSeeding.FlagKeyAndTargetingKey;
        var buckets = ImmutableArray.CreateBuilder<Bucket>();
        if (arguments[0].ValueKind == JsonValueKind.String)
        {
            // The shorthand of a single bucket: its members stand in the outer array.
            buckets.Add(ParseBucket(fractional, place, variants, problems));
        }
        else
        {
            var first = 0;
            if (arguments[0].ValueKind == JsonValueKind.Object)
            {
                seeding = ParseSeed(arguments[0], $"{place}/0", problems);
                first = 1;
            }

            for (var i = first; i < arguments.Length; i++)
                buckets.Add(ParseBucket(arguments[i], $"{place}/{i}", variants, problems));
        }

        CheckTotals(buckets, place, problems);
        return problems.Count > before ? null : new Rollout(seeding, buckets.ToImmutable());
    }

    private static RolloutSeeding ParseSeed(JsonElement seed, string place, ImmutableArray<Problem>.Builder problems)
    {
        if (seed.TryGetProperty("var", out var name) && seed.EnumerateObject().Count() == 1
            && name.ValueKind == JsonValueKind.String && name.GetString() == "targetingKey")
        {
            return RolloutSeeding.TargetingKey;
        }

        problems.Add(new Problem(place, "the bucketing value is {\"var\":\"targetingKey\"}, or is left out for the flag's key and the targeting key together"));
        return default;
    }

    private static Bucket ParseBucket(JsonElement bucket, string place, ImmutableArray<Variant> variants, ImmutableArray<Problem>.Builder problems)
    {
        if (bucket.ValueKind != JsonValueKind.Array || bucket.GetArrayLength() is < 1 or > 2)
        {
            problems.Add(new Problem(place, "must be [variant] or [variant, weight]"));
            return default;
        }

        var weight = 1L;
        if (bucket.GetArrayLength() == 2 && bucket[1].ValueKind != JsonValueKind.Null
            && !(bucket[1].ValueKind == JsonValueKind.Number && TryWhole(bucket[1], out weight)))
        {
            problems.Add(new Problem($"{place}/1", $"a weight is a whole number from 0 to {Limits.TotalWeight}"));
            weight = 0;
        }

        return new Bucket(ParseVariant(bucket[0], $"{place}/0", variants, problems), weight);
    }

    private static int? ParseVariant(JsonElement name, string place, ImmutableArray<Variant> variants, ImmutableArray<Problem>.Builder problems)
    {
        var wanted = name.ValueKind switch
        {
            JsonValueKind.String => name.GetString(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };
        if (name.ValueKind == JsonValueKind.Null)
            return null;
        if (wanted is null)
        {
            problems.Add(new Problem(place, "must be the name of a variant"));
            return null;
        }

        var index = DefinitionParser.IndexOf(variants, wanted);
        if (index >= 0)
            return index;
        problems.Add(new Problem(place, $"names \"{wanted}\", which is not among the variants"));
        return null;
    }

    private static void CheckTotals(ImmutableArray<Bucket>.Builder buckets, string place, ImmutableArray<Problem>.Builder problems)
    {
        var total = buckets.Sum(static bucket => bucket.Weight);
        if (buckets.Count == 0)
            problems.Add(new Problem(place, "has no [variant, weight]"));
        if (buckets.Count > Limits.Buckets)
            problems.Add(new Problem(place, $"has at most {Limits.Buckets} buckets, and this one has {buckets.Count}"));
        if (total > Limits.TotalWeight)
            problems.Add(new Problem(place, $"the weights' sum is at most {Limits.TotalWeight}, and this one is {total}"));
        if (buckets.Count > 0 && total == 0)
            problems.Add(new Problem(place, "the weights' sum is 0, so nobody would get anything"));
    }

    /// <summary>A weight may be written 25 or 25.0; both are whole.</summary>
    private static bool TryWhole(JsonElement number, out long whole)
    {
        whole = 0;
        if (!number.TryGetDecimal(out var value) || value != decimal.Truncate(value) || value < 0 || value > Limits.TotalWeight)
            return false;
        whole = (long)value;
        return true;
    }
}
