using System.Text.Json;
using System.Text.Json.Nodes;
using Fabric.Flags.Definitions;
using Fabric.Language.Tests.Generator;
using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Differential;

/// <summary>What differs: one flag, who asked, and both answers.</summary>
internal sealed record Difference(IReadOnlyDictionary<string, string> Definitions, string Key, Caller Caller, Answer Model, Answer Table)
{
    public override string ToString() => $"""
        {string.Join("\n", Definitions.Select(static flag => $"{flag.Key} = {flag.Value}"))}
        asked {Key} by {Caller.TargetingKey ?? "nobody"} {Caller.Attributes.GetRawText()} at {Caller.UnixNanoseconds} after {Caller.SilenceNanoseconds} ns of silence
        the model says {Model}, the table says {Table}
        """;
}

/// <summary>Asks the model and a door the same.</summary>
internal sealed class Comparing(TestTable table, IDoor door)
{
    /// <summary>Of all answers in which nothing was evaluated over HTTP only.</summary>
    internal int[] Reasons { get; } = new int[Enum.GetValues<Reason>().Length];

    internal int Cases { get; private set; }

    /// <summary>Cases in which a flag is evaluated over HTTP only.</summary>
    internal int Uncounted { get; private set; }

    internal SortedDictionary<string, int> Operators { get; } = new(StringComparer.Ordinal);

    internal IEnumerable<Difference> Run(IReadOnlyList<CaseSet> sets)
    {
        var parsed = sets.SelectMany(static set => set.Definitions).ToDictionary(static flag => flag.Key, static flag => TestTable.Parse(flag.Value), StringComparer.Ordinal);
        table.Hold(parsed);
        foreach (var set in sets)
        {
            var isCounted = set.Definitions.Keys.All(key => parsed[key].HttpOnlyBecause is null);
            if (!isCounted)
            {
                Uncounted += set.Callers.Count * set.Definitions.Count;
                continue;
            }

            foreach (var difference in Run(set, parsed))
                yield return difference;
        }
    }

    /// <summary>The same difference with as little as possible around it. The table holds other flags afterwards.</summary>
    internal Difference Shrink(Difference difference)
    {
        for (var left = 2000; left > 0;)
        {
            var smaller = Shrinking.Smaller(difference).TakeWhile(_ => left-- > 0).Select(Again).FirstOrDefault(static again => again is not null);
            if (smaller is null)
                break;
            difference = smaller;
        }

        return difference;
    }

    /// <summary>Null where the two agree, or the smaller case is none.</summary>
    private Difference? Again((IReadOnlyDictionary<string, string> Definitions, string Key, Caller Caller) smaller)
    {
        var parsed = new Dictionary<string, FlagDefinition>(StringComparer.Ordinal);
        foreach (var (key, json) in smaller.Definitions)
        {
            var (definition, problems) = DefinitionParser.Parse(System.Text.Encoding.UTF8.GetBytes(json));
            if (!problems.IsEmpty || definition!.HttpOnlyBecause is not null)
                return null;
            parsed[key] = definition;
        }

        table.Hold(parsed);
        return Compare(smaller.Definitions, new FlagModel(Json(smaller.Definitions), CaseGenerator.Host), parsed, smaller.Key, smaller.Caller);
    }

    private IEnumerable<Difference> Run(CaseSet set, Dictionary<string, FlagDefinition> parsed)
    {
        var json = Json(set.Definitions);
        var model = new FlagModel(json, CaseGenerator.Host);
        foreach (var definition in json.Values)
            Count(JsonNode.Parse(definition.GetRawText()));
        foreach (var caller in set.Callers)
        {
            foreach (var key in set.Definitions.Keys)
            {
                if (Compare(set.Definitions, model, parsed, key, caller) is { } difference)
                    yield return difference;
            }
        }

        if (Cases % 20 == 0 && Compare(set.Definitions, model, parsed, "unknown", set.Callers[0]) is { } found)
            yield return found;
    }

    private Difference? Compare(
        IReadOnlyDictionary<string, string> definitions, FlagModel model, Dictionary<string, FlagDefinition> parsed, string key, Caller caller)
    {
        var expected = model.Ask(key, caller);
        var (reason, variant) = door.Ask(key, caller);
        var answer = new Answer(variant is { } index ? parsed[key].Variants[index].Name : null, reason);
        Cases++;
        Reasons[(int)expected.Reason]++;
        return answer == expected ? null : new Difference(definitions, key, caller, expected, answer);
    }

    private static Dictionary<string, JsonElement> Json(IReadOnlyDictionary<string, string> definitions) =>
        definitions.ToDictionary(static flag => flag.Key, static flag => TestTable.Json(flag.Value), StringComparer.Ordinal);

    private void Count(JsonNode? rule)
    {
        if (rule is JsonArray array)
        {
            foreach (var element in array)
                Count(element);
        }

        foreach (var (name, value) in rule as JsonObject ?? [])
        {
            Operators[name] = Operators.GetValueOrDefault(name) + 1;
            Count(value);
        }
    }
}
