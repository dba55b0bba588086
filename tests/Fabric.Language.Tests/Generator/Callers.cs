using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fabric.Language.Tests.Generator;

/// <summary>A caller as its JSON.</summary>
internal sealed record Caller(string? TargetingKey, JsonObject Attributes);

/// <summary>Makes callers. Those of one world are alike, so that rules made for one often hold for the others.</summary>
internal sealed class Callers(Dice dice, Atoms atoms)
{
    /// <summary>The names of facts, and what they usually are.</summary>
    internal static readonly string[] Names =
    [
        "plan", "email", "age", "score", "beta", "tags", "version", "tier", "number", "größe", "any", "other", "user.plan", "user.age", "user.roles", "tags.0", "user", "none", "user.none",
    ];

    internal Caller Make(IReadOnlyList<string> variants) => new(Key(), new JsonObject
    {
        ["plan"] = Usually(JsonValue.Create(dice.Pick("pro", "free", "team"))),
        ["email"] = Usually(JsonValue.Create(dice.Pick("anna@example.com", "bo@example.org", "ä@b.c"))),
        ["age"] = Usually(atoms.Integer()),
        ["score"] = Usually(atoms.Number()),
        ["beta"] = Usually(JsonValue.Create(dice.Chance(70))),
        ["tags"] = Usually(atoms.List()),
        ["version"] = Usually(JsonValue.Create(atoms.Version())),
        ["tier"] = Usually(JsonValue.Create(dice.Chance(80) ? dice.Pick(variants) : atoms.Word())),
        ["number"] = Usually(JsonValue.Create(atoms.NumberText())),
        ["größe"] = Usually(JsonValue.Create(atoms.Word())),
        ["any"] = atoms.Anything(),
        ["other"] = atoms.Anything(),
        ["user"] = Usually(new JsonObject { ["plan"] = Usually(JsonValue.Create(atoms.Word())), ["age"] = Usually(atoms.Integer()), ["roles"] = Usually(atoms.List()) }),
    });

    /// <summary>The same with other, missing, null and wrong facts here and there.</summary>
    internal Caller Alike(Caller caller)
    {
        var attributes = caller.Attributes.DeepClone().AsObject();
        for (var changes = dice.Below(4); changes > 0; changes--)
        {
            var name = dice.Pick(attributes.Select(static member => member.Key).ToArray());
            if (dice.Chance(40) && attributes.Count > 1)
                attributes.Remove(name);
            else
                attributes[name] = atoms.Anything();
        }

        return new Caller(dice.Chance(70) ? Key() : caller.TargetingKey, attributes);
    }

    private string? Key() => dice.Weighted<string?>(
        (80, atoms.Ascii),
        (6, () => dice.Pick("ä", "😀-1", "日本", new string('k', 255))),
        (6, static () => null),
        (4, static () => ""),
        (4, () => new string('k', dice.Between(61, 65))), // about as long as the kernel's usual steps look at
        (4, static () => new string('k', 256)));

    private JsonNode? Usually(JsonNode value) => dice.Chance(88) ? value : atoms.Anything();

    /// <summary>What the caller has under this name; null where it has nothing.</summary>
    internal static JsonNode? Of(Caller caller, string name)
    {
        if (name == "targetingKey")
            return caller.TargetingKey;
        JsonNode? at = caller.Attributes;
        foreach (var part in name.Split('.'))
        {
            at = at switch
            {
                JsonObject members => members[part],
                JsonArray elements when int.TryParse(part, out var index) && index < elements.Count => elements[index],
                _ => null,
            };
        }

        return at;
    }

    internal static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
