using System.Collections.Immutable;
using System.Text.Json;
using Fabric.Flags.Definitions;
using Fabric.Flags.Targeting;

namespace Fabric.Flags.Documents;

/// <summary>The rules that a file's flags share (<c>$evaluators</c>), and where they stand.</summary>
internal sealed class SharedRules
{
    private const string Field = "$evaluators";
    private const string Reference = "$ref";

    /// <summary>How the place of a reference that was not replaced ends.</summary>
    internal const string Dangling = $"/{Reference}";

    private readonly Dictionary<string, JsonElement> _rules = new(StringComparer.Ordinal);

    private SharedRules() { }

    internal static SharedRules Read(JsonElement root, ImmutableArray<Problem>.Builder problems)
    {
        var rules = new SharedRules();
        if (!root.TryGetProperty(Field, out var evaluators))
            return rules;
        if (evaluators.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new Problem($"/{Field}", $"must be an object with rules by their names, not {DefinitionParser.Named(evaluators.ValueKind)}"));
            return rules;
        }

        foreach (var rule in evaluators.EnumerateObject())
        {
            var place = PlaceOf(rule.Name);
            if (rule.Name.Length == 0)
                problems.Add(new Problem(place, "a shared rule's name must not be empty"));
            if (rule.Value.ValueKind != JsonValueKind.Object)
                problems.Add(new Problem(place, $"a shared rule is an object, not {DefinitionParser.Named(rule.Value.ValueKind)}"));
            else if (!rule.Value.EnumerateObject().Any())
                problems.Add(new Problem(place, "a shared rule must not be empty"));
            rules._rules.Add(rule.Name, rule.Value);
        }

        return rules;
    }

    /// <summary>A flag's targeting with the shared rules in it, and where each of them was put.</summary>
    /// <param name="targeting">As it stands in the file.</param>
    /// <param name="place">JSON pointer to it.</param>
    /// <param name="problems">Takes references that lead nowhere.</param>
    internal (JsonElement Targeting, ImmutableArray<Borrowed> Borrowed) Expand(
        JsonElement targeting, string place, ImmutableArray<Problem>.Builder problems)
    {
        var borrowed = ImmutableArray.CreateBuilder<Borrowed>();
        Find(targeting, "", borrowed);
        return borrowed.Count == 0
            ? (targeting, [])
            : (EvaluatorReferences.Expand(targeting, _rules, place, problems), borrowed.ToImmutable());
    }

    internal static string PlaceOf(string name) => Pointer.Child($"/{Field}", name);

    private static void Find(JsonElement element, string place, ImmutableArray<Borrowed>.Builder found)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in element.EnumerateArray())
                Find(item, Pointer.Child(place, index++), found);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            var properties = element.EnumerateObject().ToArray();
            if (properties is [{ Name: Reference, Value.ValueKind: JsonValueKind.String } only])
                found.Add(new Borrowed(place, only.Value.GetString()!));
            foreach (var property in properties)
                Find(property.Value, Pointer.Child(place, property.Name), found);
        }
    }
}

/// <summary>A shared rule in a flag's targeting.</summary>
/// <param name="Place">JSON pointer to where it was put, from the targeting on.</param>
/// <param name="Name">Its name.</param>
internal readonly record struct Borrowed(string Place, string Name);
