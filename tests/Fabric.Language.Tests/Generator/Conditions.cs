using System.Text.Json.Nodes;

namespace Fabric.Language.Tests.Generator;

/// <summary>Makes rules whose truth is asked. Most of them look at what the caller has, so that many hold.</summary>
internal sealed class Conditions(Dice dice, Atoms atoms, Caller caller, IReadOnlyList<string> facts)
{
    private static readonly string[] Ordering = ["<", "<=", ">", ">="];
    private static readonly string[] Equality = ["==", "!=", "===", "!=="];
    private static readonly string[] VersionOperators = ["=", "!=", "<", "<=", ">", ">=", "^", "~"];

    /// <summary>Divides callers; the results' part.</summary>
    internal Func<int, JsonNode?>? Fractional { get; set; }

    internal static JsonObject Op(string name, params JsonNode?[] operands) => new() { [name] = new JsonArray(operands) };

    internal static JsonObject Var(string name) => new() { ["var"] = name };

    internal JsonNode? Make(int depth)
    {
        if (depth <= 0)
            return Leaf();
        return dice.Weighted<JsonNode?>(
            (45, Leaf),
            (12, () => Op("and", Several(depth, () => Make(depth - 1)))),
            (12, () => Op("or", Several(depth, () => Make(depth - 1)))),
            (7, () => Op("!", Make(depth - 1))),
            (3, () => new JsonObject { ["!"] = Alone(depth) }),
            (3, () => Op("!!", Make(depth - 1))),
            (2, () => new JsonObject { ["!!"] = Alone(depth) }),
            (5, () => Op("if", Make(depth - 1), Make(depth - 1), Make(depth - 1))),
            (2, () => Op("if", Make(depth - 1))),
            (2, () => Op("if", Make(depth - 1), Make(depth - 1))),
            (2, () => Op("if", Make(depth - 1), Make(depth - 1), Make(depth - 1), Make(depth - 1))),
            (3, () => Op(dice.Pick("===", "=="), Op("!!", Make(depth - 1)), JsonValue.Create(true))));
    }

    /// <summary>A fact, at times with a default.</summary>
    internal JsonObject Fact(string name) => dice.Weighted<JsonObject>(
        (85, () => Var(name)),
        (3, () => Op("var", name)),
        (10, () => Op("var", name, atoms.Scalar())),
        (2, () => Op("var", name, Var(dice.Pick(facts)))));

    internal JsonObject Fact() => Fact(dice.Pick(facts));

    /// <summary>A text to be hashed.</summary>
    internal JsonNode TextRule(int depth) => dice.Weighted<JsonNode>(
        (30, () => Var(dice.Pick("targetingKey", "plan", "email", "version"))),
        (15, Fact),
        (45, () => Op("cat", [.. Enumerable.Range(0, dice.Between(1, 4)).Select(_ => CatPart())])),
        (depth > 0 ? 10 : 0, () => Op("if", Make(depth - 1), TextRule(depth - 1), TextRule(depth - 1))));

    /// <summary>A calculated number, or one to calculate with.</summary>
    internal JsonNode? NumberRule(int depth)
    {
        if (depth <= 0 || dice.Chance(30))
            return dice.Weighted<JsonNode>((50, () => Var(NumberFact())), (10, () => Op("var", NumberFact(), atoms.Integer())), (40, atoms.Integer));
        return dice.Weighted<JsonNode>(
            (30, () => Op("+", Several(2, () => NumberRule(depth - 1)))),
            (25, () => Op("-", Several(2, () => NumberRule(depth - 1)))),
            (20, () => Op("*", NumberRule(depth - 1), NumberRule(depth - 1))),
            (10, () => Op("/", NumberRule(depth - 1), NumberRule(depth - 1))),
            (10, () => Op("%", NumberRule(depth - 1), NumberRule(depth - 1))),
            (3, () => Op("-", NumberRule(depth - 1))),
            (2, () => Op("+", NumberRule(depth - 1))));
    }

    private string NumberFact() => dice.Pick("age", "age", "number", "score", "beta", "user.age", "$flagd.timestamp", dice.Pick(facts));

    private JsonObject Alone(int depth) => Make(depth - 1) is JsonObject rule ? rule : Fact();

    private JsonNode? CatPart() => dice.Weighted<JsonNode?>((40, () => JsonValue.Create(dice.Pick("a", "-", "ä", "salt:"))), (50, Fact), (10, atoms.Scalar));

    private JsonNode?[] Several(int depth, Func<JsonNode?> make) => [.. Enumerable.Range(0, dice.Between(depth > 1 ? 2 : 1, 3)).Select(_ => make())];

    private JsonNode? Leaf() => dice.Weighted<JsonNode?>(
        (16, Equal),
        (14, Order),
        (12, InList),
        (5, InFact),
        (6, InText),
        (10, TextTest),
        (11, VersionTest),
        (6, Missing),
        (6, Fact),
        (7, Calculated),
        (4, Between),
        (3, () => Fractional is { } make ? Op(dice.Pick("==", "==="), make(0), JsonValue.Create("on")) : Fact()),
        (2, atoms.Scalar));

    /// <summary>Against what the caller has, or something else.</summary>
    private JsonNode? Counterpart(string name) => dice.Weighted<JsonNode?>(
        (65, () => Own(Callers.Of(caller, name))),
        (15, atoms.Scalar),
        (5, () => JsonValue.Create(atoms.NumberText())),
        (15, Fact));

    /// <summary>What the caller has, where it can be a constant.</summary>
    private JsonNode? Own(JsonNode? value) =>
        value is null or JsonArray or JsonObject || Callers.Text(value)?.Contains('\0') == true ? atoms.Scalar() : value.DeepClone();

    private string OwnText(string name) => Callers.Text(Own(Callers.Of(caller, name))) ?? atoms.Word();

    private JsonObject Swapped(string op, JsonNode? left, JsonNode? right) => dice.Chance(75) ? Op(op, left, right) : Op(op, right, left);

    private JsonObject Equal()
    {
        var name = dice.Pick(facts);
        return Swapped(dice.Chance(75) ? dice.Pick("==", "===") : dice.Pick(Equality), Fact(name), Counterpart(name));
    }

    private JsonObject Order()
    {
        var name = dice.Chance(50) ? dice.Pick("age", "score", "number", "user.age", "email", "größe") : dice.Pick(facts);
        return Swapped(dice.Pick(Ordering), Fact(name), dice.Chance(40) ? atoms.Number() : Counterpart(name));
    }

    private JsonObject Between() => Op(dice.Pick("<", "<="), dice.Chance(60) ? atoms.Integer() : Fact(), Fact(dice.Chance(70) ? "age" : dice.Pick(facts)), dice.Chance(60) ? JsonValue.Create(dice.Between(0, 20)) : Fact());

    private JsonObject InList()
    {
        var name = dice.Pick(facts);
        var list = new JsonArray([.. Enumerable.Range(0, dice.Below(6)).Select(_ => dice.Chance(93) ? atoms.Scalar() : Fact())]);
        if (dice.Chance(60))
            list.Insert(dice.Below(list.Count + 1), Counterpart(name));
        return Op("in", dice.Chance(95) ? Fact(name) : atoms.Scalar(), list);
    }

    private JsonObject InFact()
    {
        var name = dice.Pick("tags", "user.roles", dice.Pick(facts));
        var held = Callers.Of(caller, name) is JsonArray { Count: > 0 } list ? list[dice.Below(list.Count)] : null;
        return Op("in", dice.Chance(60) ? held is JsonArray or JsonObject ? Var(name + ".0") : Own(held) : Fact(), Fact(name));
    }

    private JsonObject InText()
    {
        var name = dice.Pick("email", "plan", "größe", "user.plan", dice.Pick(facts));
        var whole = OwnText(name);
        return dice.Chance(75) ? Op("in", dice.Chance(70) ? JsonValue.Create(Part(whole)) : atoms.Scalar(), Fact(name)) : Op("in", Fact(), JsonValue.Create(whole));
    }

    private JsonObject TextTest()
    {
        var name = dice.Pick("email", "plan", "größe", "user.plan", dice.Pick(facts));
        var whole = OwnText(name);
        var atEnd = dice.Chance(50);
        var part = Part(whole);
        part = dice.Chance(70) ? Sound(atEnd ? whole[^part.Length..] : whole[..part.Length]) : part;
        return Op(atEnd ? "ends_with" : "starts_with", Fact(name), dice.Chance(90) ? JsonValue.Create(part) : Fact());
    }

    private JsonObject VersionTest()
    {
        var name = dice.Chance(75) ? "version" : dice.Pick(facts);
        JsonNode literal = dice.Chance(85) ? JsonValue.Create(atoms.StrictVersion()) : Var(dice.Pick("version", "number", "score", dice.Pick(facts)));
        JsonNode op = JsonValue.Create(dice.Pick(VersionOperators));
        return dice.Chance(90) ? Op("sem_ver", Fact(name), op, literal) : Op("sem_ver", literal, op, Fact(name));
    }

    private JsonObject Missing() => Op("missing", [.. Enumerable.Range(0, dice.Between(0, 3)).Select(_ => (JsonNode?)JsonValue.Create(dice.Pick(facts)))]);

    private JsonObject Calculated() => Swapped(dice.Pick("==", "<", ">", "===", ">=", "<=", "!="), NumberRule(2), dice.Chance(80) ? atoms.Integer() : NumberRule(1));

    /// <summary>Some part of a text, whole characters of it.</summary>
    private string Part(string whole)
    {
        if (whole.Length == 0)
            return whole;
        var from = dice.Below(whole.Length);
        return Sound(whole.Substring(from, dice.Between(0, Math.Min(8, whole.Length - from))));
    }

    private static string Sound(string text) => string.Concat(text.EnumerateRunes().Where(static rune => rune.Value != 0xfffd));
}
