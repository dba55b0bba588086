using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fabric.Node.Ofrep;

/// <summary>Any JSON value, written as it is stored.</summary>
[JsonConverter(typeof(Converter))]
internal readonly record struct AnyJson(ReadOnlyMemory<byte> Utf8)
{
    public sealed class Converter : JsonConverter<AnyJson>
    {
        public override AnyJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            return new AnyJson(System.Text.Encoding.UTF8.GetBytes(document.RootElement.GetRawText()));
        }

        public override void Write(Utf8JsonWriter writer, AnyJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }
}

/// <summary>Who asks.</summary>
/// <param name="Context">An object with <c>targetingKey</c> and whatever else rules ask for.</param>
internal sealed record OfrepRequestBody(AnyJson? Context);

/// <summary>What a flag answers; without a value the caller takes its own default.</summary>
internal sealed record OfrepFlagBody
{
    public required string Key { get; init; }

    /// <summary>STATIC, TARGETING_MATCH, SPLIT, DEFAULT, DISABLED or STALE.</summary>
    public string? Reason { get; init; }

    public string? Variant { get; init; }
    public AnyJson? Value { get; init; }

    /// <summary>FLAG_NOT_FOUND, PARSE_ERROR, INVALID_CONTEXT or GENERAL, in the place of an answer.</summary>
    public string? ErrorCode { get; init; }

    public string? ErrorDetails { get; init; }

    /// <summary>The flag's own metadata.</summary>
    public AnyJson? Metadata { get; init; }
}

/// <summary>What all flags answer one caller.</summary>
internal sealed record OfrepBulkBody(IReadOnlyList<OfrepFlagBody> Flags, IReadOnlyList<OfrepStreamBody> EventStreams);

/// <summary>A stream that says when to ask again.</summary>
internal sealed record OfrepStreamBody(string Type, OfrepStreamEndpoint Endpoint);

/// <summary>Where the stream is, at the address that the request came to.</summary>
internal sealed record OfrepStreamEndpoint(string RequestUri);

/// <summary>Why nothing was evaluated.</summary>
internal sealed record OfrepErrorBody
{
    /// <summary>The flag that was asked for, where one was.</summary>
    public string? Key { get; init; }

    public string? ErrorCode { get; init; }
    public required string ErrorDetails { get; init; }
}
