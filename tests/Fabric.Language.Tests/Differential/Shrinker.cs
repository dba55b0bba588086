using System.Text.Json.Nodes;
using Fabric.Language.Tests.Generator;

namespace Fabric.Language.Tests.Differential;

/// <summary>Makes a case smaller while it goes on to show what it shows.</summary>
internal static class Shrinker
{
    private const int MaxTries = 4_000;

    internal static (World World, Question Question) Shrink(World world, Question question, Func<World, Question, bool> shows)
    {
        var tries = 0;
        for (var smaller = true; smaller;)
        {
            smaller = false;
            foreach (var (nextWorld, nextQuestion) in Smaller(world, question))
            {
                if (++tries > MaxTries)
                    return (world, question);
                if (!shows(nextWorld, nextQuestion))
                    continue;
                (world, question) = (nextWorld, nextQuestion);
                smaller = true;
                break;
            }
        }

        return (world, question);
    }

    private static IEnumerable<(World, Question)> Smaller(World world, Question question)
    {
        foreach (var key in world.Flags.Keys.Where(key => key != question.Flag))
            yield return (world with { Flags = world.Flags.Remove(key) }, question);
        foreach (var (key, definition) in world.Flags)
        {
            foreach (var json in Smaller(definition.GetRawText()))
                yield return (world with { Flags = world.Flags.SetItem(key, System.Text.Json.JsonElement.Parse(json)) }, question);
        }

        foreach (var json in Smaller(question.Attributes.GetRawText()))
            yield return (world, question with { Attributes = System.Text.Json.JsonElement.Parse(json) });
        if (question.TargetingKey is { Length: > 0 })
            yield return (world, question with { TargetingKey = null });
    }

    /// <summary>The same JSON with one thing less, the largest things first.</summary>
    internal static IEnumerable<string> Smaller(string json)
    {
        for (var depth = 0; ; depth++)
        {
            var any = false;
            for (var index = 0; ; index++)
            {
                var root = JsonNode.Parse(json)!;
                var changes = new List<Func<bool>>();
                Collect(root, depth, changes);
                if (index >= changes.Count)
                    break;
                any = true;
                if (changes[index]())
                    yield return Worlds.Json(root);
            }

            if (!any)
                yield break;
        }
    }

    /// <summary>Ways to make what stands at a depth smaller; each tells whether it did anything.</summary>
    private static void Collect(JsonNode node, int depth, List<Func<bool>> changes)
    {
        foreach (var (child, remove, replace) in Children(node))
        {
            if (depth > 0)
            {
                if (child is JsonObject or JsonArray)
                    Collect(child, depth - 1, changes);
                continue;
            }

            changes.Add(remove);
            if (child is JsonObject { Count: 1 } operation)
            {
                foreach (var operand in operation.First().Value is JsonArray operands ? [.. operands] : new[] { operation.First().Value })
                    changes.Add(() => replace(operand?.DeepClone()));
            }

            if (child is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 1)
            {
                changes.Add(() => replace(Half(text, 0)));
                changes.Add(() => replace(Half(text, text.Length / 2)));
            }
        }
    }

    private static IEnumerable<(JsonNode? Child, Func<bool> Remove, Func<JsonNode?, bool> Replace)> Children(JsonNode node)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, child) in members.ToArray())
                yield return (child, () => members.Remove(name), replacement => Did(() => members[name] = replacement));
        }
        else if (node is JsonArray elements)
        {
            for (var i = 0; i < elements.Count; i++)
            {
                var at = i;
                yield return (elements[at], () => Did(() => elements.RemoveAt(at)), replacement => Did(() => elements[at] = replacement));
            }
        }
    }

    private static bool Did(Action change)
    {
        change();
        return true;
    }

    private static JsonNode Half(string text, int from) =>
        string.Concat(text.Substring(from, text.Length / 2).EnumerateRunes().Where(static rune => rune.Value != 0xfffd));
}
