using System.Globalization;
using System.Text.Json;

namespace Fabric.Cli.Flags;

/// <summary>A flag as a person looks at it, read from the API's answer.</summary>
internal sealed record FlagShape(string Key, long Revision, string State, string Default, string Rollout, string EvaluatedIn, bool AnswersFalseToAll)
{
    public static FlagShape From(JsonElement flag)
    {
        var definition = flag.GetProperty("definition");
        var variants = definition.GetProperty("variants");
        var name = definition.TryGetProperty("defaultVariant", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
        var targeting = definition.TryGetProperty("targeting", out var rule) && rule.EnumerateObject().Any();
        return new FlagShape(
            flag.GetProperty("key").GetString()!,
            flag.GetProperty("revision").GetInt64(),
            definition.GetProperty("state").GetString()!,
            name ?? "-",
            targeting ? Shares(rule) : "-",
            string.Join(", ", flag.GetProperty("evaluableIn").EnumerateArray().Select(static door => door.GetString())),
            !targeting && name is not null && variants.GetProperty(name).ValueKind == JsonValueKind.False);
    }

    /// <summary>Each variant's share of the callers, such as <c>on 25%, off 75%</c>.</summary>
    private static string Shares(JsonElement targeting)
    {
        if (!targeting.TryGetProperty("fractional", out var fractional))
            return "rule";
        var buckets = fractional.EnumerateArray().Where(part => part.ValueKind == JsonValueKind.Array)
            .Select(part => (Name: part[0].ToString(), Weight: part.GetArrayLength() > 1 && part[1].ValueKind == JsonValueKind.Number ? part[1].GetDouble() : 1))
            .ToArray();
        var total = buckets.Sum(bucket => bucket.Weight);
        return buckets.Length == 0 || total <= 0
            ? "rule"
            : string.Join(", ", buckets.Select(bucket => string.Create(CultureInfo.InvariantCulture, $"{bucket.Name} {100 * bucket.Weight / total:0.###}%")));
    }
}
