using System.Text;
using System.Text.Json;

namespace Fabric.Cli.Client;

/// <summary>What a node answered.</summary>
internal sealed class Reply(Uri endpoint, int status, byte[] body)
{
    private JsonElement? _json;

    public Uri Endpoint => endpoint;

    public int Status => status;

    public bool IsSuccess => status is >= 200 and < 300;

    public ReadOnlyMemory<byte> Body => body;

    /// <summary>The answer as it came.</summary>
    public string Text => Encoding.UTF8.GetString(body);

    /// <summary>The answer; undefined where it is not JSON, as from something that is not a node.</summary>
    public JsonElement Json => _json ??= Parse(body);

    /// <summary>A member of the answer that is text; null where there is none.</summary>
    public string? Part(string name) =>
        Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out var part) && part.ValueKind == JsonValueKind.String ? part.GetString() : null;

    public long Revision => Json.GetProperty("revision").GetInt64();

    private static JsonElement Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
