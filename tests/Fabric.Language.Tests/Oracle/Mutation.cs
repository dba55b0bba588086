using System.Text.Json;
using System.Text.Json.Nodes;
using Fabric.Language.Tests.Generator;

namespace Fabric.Language.Tests.Oracle;

/// <summary>Changes one thing in a JSON document.</summary>
internal static class Mutation
{
    private static readonly string[] Names =
        ["state", "variants", "defaultVariant", "targeting", "metadata", "if", "and", "!", "==", "<", ">", "in", "var", "missing", "starts_with", "sem_ver", "fractional", "cat", "+", "/", "%", "map", "substr", "reduce", "merge", "$ref", "nothing", ""];

    internal static string Of(JsonElement document, Dice dice)
    {
        var root = JsonNode.Parse(document.GetRawText())!;
        var places = new List<JsonNode>();
        Collect(root, places);
        var at = dice.Pick(places);
        if (at is JsonObject members)
            Change(members, dice);
        else
            Change((JsonArray)at, dice);
        return Worlds.Json(root);
    }

    private static void Collect(JsonNode? node, List<JsonNode> places)
    {
        if (node is JsonObject members)
        {
            places.Add(members);
            foreach (var (_, child) in members)
                Collect(child, places);
        }
        else if (node is JsonArray elements)
        {
            places.Add(elements);
            foreach (var child in elements)
                Collect(child, places);
        }
    }

    private static void Change(JsonObject members, Dice dice)
    {
        if (members.Count == 0 || dice.Chance(25))
        {
            members[dice.Pick(Names)] = Anything(dice);
            return;
        }

        var (name, value) = dice.Pick(members.ToArray());
        members.Remove(name);
        switch (dice.Below(4))
        {
            case 0:
                break;
            case 1:
                members[dice.Pick(Names)] = value;
                break;
            default:
                members[name] = dice.Chance(50) ? Anything(dice) : new JsonArray(value);
                break;
        }
    }

    private static void Change(JsonArray elements, Dice dice)
    {
        if (elements.Count == 0 || dice.Chance(30))
        {
            elements.Insert(dice.Below(elements.Count + 1), Anything(dice));
            return;
        }

        var at = dice.Below(elements.Count);
        if (dice.Chance(40))
            elements.RemoveAt(at);
        else
            elements[at] = Anything(dice);
    }

    private static JsonNode? Anything(Dice dice) => dice.Weighted<JsonNode?>(
        (10, static () => null),
        (10, () => JsonValue.Create(dice.Chance(50))),
        (20, () => JsonValue.Create(dice.Pick(-1L, 0L, 1L, 2_147_483_647L, 2_147_483_648L))),
        (10, () => JsonValue.Create(dice.Pick(0.5, -1.5, 1e20))),
        (20, () => JsonValue.Create(dice.Pick("", "x", "on", "1.2.3", "1.2", "ENABLED", "=", "enabled"))),
        (10, static () => new JsonArray()),
        (10, () => new JsonArray(Anything(dice), Anything(dice))),
        (5, static () => new JsonObject()),
        (5, () => new JsonObject { [dice.Pick(Names)] = Anything(dice) }));
}
