using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Fabric.Bpf.Evaluation;

namespace Fabric.Language.Tests.Differential;

/// <summary>Attributes of JSON as C is given them: what is in objects and lists has names of its own.</summary>
internal static class CallerFacts
{
    internal static ImmutableArray<CallerFact> Of(JsonElement attributes)
    {
        var facts = ImmutableArray.CreateBuilder<CallerFact>();
        AddMembers(facts, "", attributes);
        return facts.ToImmutable();
    }

    private static void AddMembers(ImmutableArray<CallerFact>.Builder facts, string prefix, JsonElement container)
    {
        foreach (var member in container.EnumerateObject())
            AddNamed(facts, prefix + member.Name, member.Value);
    }

    private static void AddNamed(ImmutableArray<CallerFact>.Builder facts, string name, JsonElement value)
    {
        facts.Add(Fact(name, value));
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in value.EnumerateArray())
                facts.Add(Fact(null, element));
            var index = 0;
            foreach (var element in value.EnumerateArray())
                AddNamed(facts, $"{name}.{index++}", element);
        }

        if (value.ValueKind == JsonValueKind.Object)
            AddMembers(facts, name + ".", value);
    }

    private static CallerFact Fact(string? name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => new CallerFact(name, FactType.Boolean, 1),
        JsonValueKind.False => new CallerFact(name, FactType.Boolean),
        JsonValueKind.String => new CallerFact(name, FactType.String, Text: value.GetString()),
        JsonValueKind.Number when long.TryParse(value.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            => new CallerFact(name, FactType.Integer, whole),
        JsonValueKind.Number => new CallerFact(name, FactType.Double, Number: value.GetDouble()),
        // The elements of a list inside of a list are nobody's.
        JsonValueKind.Array => new CallerFact(name, FactType.List, name is null ? 0 : value.GetArrayLength()),
        JsonValueKind.Object => new CallerFact(name, FactType.Object),
        _ => new CallerFact(name, FactType.Null),
    };
}
