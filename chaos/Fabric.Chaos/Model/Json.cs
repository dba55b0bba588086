using System.Text.Json;

namespace Fabric.Chaos.Model;

/// <summary>What was recorded cannot be read.</summary>
internal sealed class RunUnreadableException(string file, int line, string reason)
    : Exception(line > 0 ? $"{file}, line {line}: {reason}" : $"{file}: {reason}");

/// <summary>Reads members of a JSON object, where null and missing are alike.</summary>
internal static class Json
{
    public static JsonElement? Member(this JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    /// <summary>The text, or the JSON of what is none.</summary>
    public static string? Text(this JsonElement from, string name) =>
        from.Member(name) is not { } member ? null : member.ValueKind == JsonValueKind.String ? member.GetString() : member.GetRawText();

    public static long? Number(this JsonElement from, string name) =>
        from.Member(name) is not { } member ? null
        : member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out var whole) ? whole
        : throw new FormatException($"{name} must be a whole number");

    public static bool Is(this JsonElement from, string name) => from.Member(name) is { ValueKind: JsonValueKind.True };

    public static IEnumerable<JsonElement> Items(this JsonElement from, string name) =>
        from.Member(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    public static long Needed(this JsonElement from, string name) => from.Number(name) ?? throw new FormatException($"{name} is missing");

    public static string NeededText(this JsonElement from, string name) => from.Text(name) ?? throw new FormatException($"{name} is missing");

    /// <summary>Changes, each <c>{"key","value"}</c> or <c>{"key","delete":true}</c>, and perhaps with a condition.</summary>
    public static List<Change> Changes(this JsonElement from) => [.. from.Items("changes").Select(ToChange)];

    public static Change ToChange(this JsonElement change) => new(
        change.NeededText("key"),
        change.Is("delete") || change.Is("deleted") ? null : change.Needed("value"),
        change.Number("ifRevision"));
}
