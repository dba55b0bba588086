using System.Text.Json.Nodes;
using static Fabric.Language.Tests.Generator.Conditions;

namespace Fabric.Language.Tests.Generator;

/// <summary>Makes rules that choose a variant.</summary>
internal sealed class Results(Dice dice, Atoms atoms, Profile profile, Conditions conditions, IReadOnlyList<string> variants)
{
    internal JsonNode? Make(int depth) => depth <= 0 ? Name() : dice.Weighted<JsonNode?>(
        (20, Name),
        (40, () => If(depth)),
        (25, () => Fractional(depth)),
        (4, () => Op("or", Make(depth - 1), Make(depth - 1))),
        (2, () => Op("and", conditions.Fact(), Make(depth - 1))),
        (2, () => Op("and", Op("!!", conditions.Make(1)), Make(depth - 1))),
        (4, () => Var("tier")),
        (3, conditions.Fact));

    /// <summary>A rule that is an object, as targeting must be.</summary>
    internal JsonObject Targeting(int depth)
    {
        while (true)
        {
            if (Make(depth) is JsonObject rule)
                return rule;
        }
    }

    internal JsonObject Fractional(int depth)
    {
        var fractional = new JsonArray();
        if (dice.Chance(45))
            fractional.Add(conditions.TextRule(depth - 1));
        for (var buckets = dice.Between(1, 4); buckets > 0; buckets--)
            fractional.Add(Bucket(depth));
        // Of weights that are written, one must be more than nothing.
        if (dice.Chance(90) || depth <= 0)
            fractional.Add(new JsonArray(dice.Pick(variants), dice.Between(1, 50)));
        else
            fractional.Add(new JsonArray(dice.Pick(variants), Weight()));
        return new JsonObject { ["fractional"] = fractional };
    }

    private JsonArray Bucket(int depth)
    {
        var variant = dice.Weighted<JsonNode?>(
            (75, Name),
            (depth > 1 ? 20 : 0, () => Make(depth - 1)),
            (5, static () => null));
        return dice.Chance(15) ? new JsonArray(variant) : new JsonArray(variant, dice.Chance(75) ? JsonValue.Create(dice.Between(0, 100)) : Weight());
    }

    private JsonNode Weight() => dice.Weighted<JsonNode>(
        (40, () => conditions.NumberRule(2) as JsonObject ?? Var("age")),
        (25, () => conditions.Fact(dice.Pick("age", "user.age"))),
        (20, conditions.Fact),
        (15, () => Op("if", conditions.Make(0), atoms.Integer(), atoms.Integer())));

    private JsonObject If(int depth)
    {
        var operands = new List<JsonNode?>();
        for (var branches = dice.Weighted<int>((70, static () => 1), (20, static () => 2), (10, static () => 3)); branches > 0; branches--)
        {
            operands.Add(conditions.Make(depth));
            operands.Add(Make(depth - 1));
        }

        if (dice.Chance(65))
            operands.Add(Make(depth - 1));
        return Op("if", [.. operands]);
    }

    private JsonNode? Name() => dice.Weighted<JsonNode?>(
        (90, () => JsonValue.Create(dice.Pick(variants))),
        (5, static () => null),
        (variants.Contains("true") ? 10 : 0, static () => JsonValue.Create(true)),
        (variants.Contains("false") ? 10 : 0, static () => JsonValue.Create(false)),
        // flagd finds out when it evaluates; Fabric refuses a definition that names what is not there.
        (profile == Profile.Flagd ? 2 : 0, () => JsonValue.Create("nobody")),
        (profile == Profile.Flagd ? 2 : 0, atoms.Integer),
        (3, () => Var("tier")));
}
