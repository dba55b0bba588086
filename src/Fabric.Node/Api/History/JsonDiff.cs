using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fabric.Node.Api.History;

/// <summary>
/// A JSON patch, RFC 6902, that makes one document of another. Members are compared by name; of arrays what both begin and
/// end with is left alone, and what lies between is changed place by place: always right, not always the shortest.
/// </summary>
internal sealed class JsonDiff
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Utf8JsonWriter _writer;

    private JsonDiff(Utf8JsonWriter writer) => _writer = writer;

    /// <summary>The patch as JSON. Depth is bounded by the parser that read both.</summary>
    public static byte[] Between(JsonElement before, JsonElement after)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            writer.WriteStartArray();
            new JsonDiff(writer).Compare("", before, after);
            writer.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void Compare(string path, JsonElement before, JsonElement after)
    {
        if (JsonElement.DeepEquals(before, after))
            return;
        switch (before.ValueKind, after.ValueKind)
        {
            case (JsonValueKind.Object, JsonValueKind.Object):
                CompareObjects(path, before, after);
                break;
            case (JsonValueKind.Array, JsonValueKind.Array):
                CompareArrays(path, [.. before.EnumerateArray()], [.. after.EnumerateArray()]);
                break;
            default:
                Write("replace", path, after);
                break;
        }
    }

    private void CompareObjects(string path, JsonElement before, JsonElement after)
    {
        foreach (var member in before.EnumerateObject())
        {
            if (after.TryGetProperty(member.Name, out var value))
                Compare(Below(path, member.Name), member.Value, value);
            else
                Write("remove", Below(path, member.Name), null);
        }

        foreach (var member in after.EnumerateObject().Where(member => !before.TryGetProperty(member.Name, out _)))
            Write("add", Below(path, member.Name), member.Value);
    }

    private void CompareArrays(string path, JsonElement[] before, JsonElement[] after)
    {
        var start = 0;
        while (start < before.Length && start < after.Length && JsonElement.DeepEquals(before[start], after[start]))
            start++;
        var (ends, now) = (before.Length, after.Length);
        while (ends > start && now > start && JsonElement.DeepEquals(before[ends - 1], after[now - 1]))
            (ends, now) = (ends - 1, now - 1);

        var both = Math.Min(ends, now);
        for (var i = start; i < both; i++)
            Compare(Below(path, i), before[i], after[i]);
        for (var i = both; i < ends; i++)
            Write("remove", Below(path, both), null);
        for (var i = both; i < now; i++)
            Write("add", Below(path, i), after[i]);
    }

    private static string Below(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}/{index}");

    private static string Below(string path, string name) =>
        $"{path}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    private void Write(string operation, string path, JsonElement? value)
    {
        _writer.WriteStartObject();
        _writer.WriteString("op", operation);
        _writer.WriteString("path", path);
        if (value is { } present)
        {
            _writer.WritePropertyName("value");
            present.WriteTo(_writer);
        }

        _writer.WriteEndObject();
    }
}
