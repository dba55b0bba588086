using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fabric.Node.Json;

/// <summary>JSON merge patch, RFC 7396: what the patch names is replaced, null removes, the rest stays.</summary>
internal static class MergePatch
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The target with the patch merged into it. Depth is bounded by the parser that read both.</summary>
    public static byte[] Apply(JsonElement target, JsonElement patch)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
            Write(writer, target, patch);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement? target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            patch.WriteTo(writer);
            return;
        }

        var old = target is { ValueKind: JsonValueKind.Object } ? target : null;
        writer.WriteStartObject();
        if (old is { } kept)
            WriteKept(writer, kept, patch);
        foreach (var member in patch.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null || (old is { } known && known.TryGetProperty(member.Name, out _)))
                continue;
            writer.WritePropertyName(member.Name);
            Write(writer, null, member.Value);
        }

        writer.WriteEndObject();
    }

    private static void WriteKept(Utf8JsonWriter writer, JsonElement target, JsonElement patch)
    {
        foreach (var member in target.EnumerateObject())
        {
            if (!patch.TryGetProperty(member.Name, out var change))
            {
                member.WriteTo(writer);
            }
            else if (change.ValueKind != JsonValueKind.Null)
            {
                writer.WritePropertyName(member.Name);
                Write(writer, member.Value, change);
            }
        }
    }
}
