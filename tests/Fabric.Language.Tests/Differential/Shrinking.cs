using System.Text.Json;
using System.Text.Json.Nodes;
using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Differential;

/// <summary>Every case with one thing less.</summary>
internal static class Shrinking
{
    internal static IEnumerable<(IReadOnlyDictionary<string, string> Definitions, string Key, Caller Caller)> Smaller(Difference difference)
    {
        foreach (var key in difference.Definitions.Keys.Where(key => key != difference.Key))
            yield return (difference.Definitions.Where(flag => flag.Key != key).ToDictionary(), difference.Key, difference.Caller);
        foreach (var (key, json) in difference.Definitions)
        {
            foreach (var smaller in Smaller(JsonNode.Parse(json)))
                yield return (difference.Definitions.ToDictionary(flag => flag.Key, flag => flag.Key == key ? Text(smaller) : flag.Value), difference.Key, difference.Caller);
        }

        var attributes = JsonNode.Parse(difference.Caller.Attributes.GetRawText());
        foreach (var smaller in Smaller(attributes).OfType<JsonObject>())
            yield return (difference.Definitions, difference.Key, difference.Caller with { Attributes = JsonDocument.Parse(Text(smaller)).RootElement });
        if (difference.Caller.TargetingKey is not null)
            yield return (difference.Definitions, difference.Key, difference.Caller with { TargetingKey = null });
    }

    /// <summary>Without one of its parts, one of its parts in its place, or with one of its parts smaller.</summary>
    private static IEnumerable<JsonNode?> Smaller(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject owner:
                foreach (var (name, value) in owner)
                {
                    yield return With(owner, copy => copy.Remove(name));
                    if (value is JsonArray operands && owner.Count == 1)
                    {
                        foreach (var operand in operands)
                            yield return operand?.DeepClone();
                    }

                    foreach (var smaller in Smaller(value))
                        yield return With(owner, copy => copy[name] = smaller?.DeepClone());
                }

                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    var at = i;
                    yield return With(list, copy => copy.RemoveAt(at));
                    foreach (var smaller in Smaller(list[at]))
                        yield return With(list, copy => copy[at] = smaller?.DeepClone());
                }

                break;
        }
    }

    private static T With<T>(T node, Action<T> change)
        where T : JsonNode
    {
        var copy = (T)node.DeepClone();
        change(copy);
        return copy;
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "null";
}
