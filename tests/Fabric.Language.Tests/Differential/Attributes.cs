using System.Collections.Immutable;
using System.Text.Json;
using Fabric.Bpf.Evaluation;

namespace Fabric.Language.Tests.Differential;

/// <summary>A caller's JSON as the C library is given it: objects by dotted names, elements of lists behind their list.</summary>
internal static class Attributes
{
    private const double Bound = 9_007_199_254_740_992;

    internal static ImmutableArray<CallerFact> Of(JsonElement attributes)
    {
        var facts = ImmutableArray.CreateBuilder<CallerFact>();
        Add(facts, attributes, "");
        return facts.ToImmutable();
    }

    private static void Add(ImmutableArray<CallerFact>.Builder facts, JsonElement owner, string prefix)
    {
        foreach (var attribute in owner.EnumerateObject())
        {
            var name = prefix + attribute.Name;
            switch (attribute.Value.ValueKind)
            {
                case JsonValueKind.Array:
                    facts.Add(new CallerFact(name, FactType.List, attribute.Value.GetArrayLength()));
                    foreach (var element in attribute.Value.EnumerateArray())
                        facts.Add(Single(null, element));
                    break;
                case JsonValueKind.Object:
                    facts.Add(Single(name, attribute.Value));
                    Add(facts, attribute.Value, $"{name}.");
                    break;
                default:
                    facts.Add(Single(name, attribute.Value));
                    break;
            }
        }
    }

    private static CallerFact Single(string? name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => new CallerFact(name, FactType.Boolean, 1),
        JsonValueKind.False => new CallerFact(name, FactType.Boolean),
        JsonValueKind.String => new CallerFact(name, FactType.String, Text: value.GetString()),
        JsonValueKind.Object => new CallerFact(name, FactType.Object),
        JsonValueKind.Number when value.GetDouble() is var number => Math.Abs(number) <= Bound && Math.Floor(number) == number
            ? new CallerFact(name, FactType.Integer, (long)number)
            : new CallerFact(name, FactType.Double, Number: number),
        _ => new CallerFact(name, FactType.Null),
    };
}
