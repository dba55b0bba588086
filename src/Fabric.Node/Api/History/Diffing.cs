using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DiffPlex.Renderer;
using Fabric.Flags.History;
using Fabric.Node.Json;

namespace Fabric.Node.Api.History;

/// <summary>What became of a flag, for programs and for people.</summary>
internal static class Diffing
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Compares a flag with itself; null stands for a flag that does not exist.</summary>
    public static DiffBody Compare(string key, FlagThen.Was? before, FlagThen.Was? after)
    {
        using var old = Parse(before);
        using var now = Parse(after);
        var patch = JsonDiff.Between(old.RootElement, now.RootElement);
        var (first, second) = (before?.Revision ?? 0, after?.Revision ?? 0);
        var text = JsonElement.DeepEquals(old.RootElement, now.RootElement)
            ? ""
            : UnidiffRenderer.GenerateUnidiff(Lines(old.RootElement), Lines(now.RootElement), $"{key}@{first}", $"{key}@{second}");
        return new DiffBody(key, first, second, new RawJson(patch), text);
    }

    private static JsonDocument Parse(FlagThen.Was? flag) => flag is null ? JsonDocument.Parse("null") : JsonDocument.Parse(flag.Definition);

    private static string Lines(JsonElement definition)
    {
        if (definition.ValueKind == JsonValueKind.Null)
            return "";
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
            definition.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
