using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fabric.Flags.Definitions;

/// <summary>Reads a definition in flagd's format and names everything that is wrong with it.</summary>
public static class DefinitionParser
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = Limits.JsonDepth };
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads UTF-8 JSON. Exactly one of the two results is set: the definition, or at least one problem.</summary>
    public static (FlagDefinition? Definition, ImmutableArray<Problem> Problems) Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            return Parse(document.RootElement);
        }
        catch (JsonException broken)
        {
            return (null, [new Problem("", $"not valid JSON: {broken.Message}")]);
        }
    }

    /// <summary>Reads a definition that stands inside a larger document.</summary>
    public static (FlagDefinition? Definition, ImmutableArray<Problem> Problems) Parse(JsonElement root)
    {
        try
        {
            return Read(root);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, or bytes that are not UTF-8: the reader finds out only when it makes a string.
            return (null, [new Problem("", "not valid JSON: a string is not valid Unicode")]);
        }
    }

    private static (FlagDefinition?, ImmutableArray<Problem>) Read(JsonElement root)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        if (root.ValueKind != JsonValueKind.Object)
            return (null, [new Problem("", $"a definition is a JSON object, not {Named(root.ValueKind)}")]);

        foreach (var property in root.EnumerateObject())
        {
            if (property.Name is not ("state" or "variants" or "defaultVariant" or "targeting" or "metadata"))
                problems.Add(new Problem($"/{property.Name}", "unknown field; a definition has state, variants, defaultVariant, targeting and metadata"));
        }

        var state = ReadState(root, problems);
        var (type, variants) = ReadVariants(root, problems);
        var defaultVariant = ReadDefaultVariant(root, variants, problems);
        var rollout = root.TryGetProperty("targeting", out var targeting)
            ? TargetingParser.Parse(targeting, variants, problems)
            : null;
        CheckMetadata(root, problems);

        var json = problems.Count == 0 ? Minify(root) : [];
        if (json.Length > Limits.DefinitionBytes)
            problems.Add(new Problem("", $"a definition has at most {Limits.DefinitionBytes} bytes, and this one has {json.Length}"));

        return problems.Count > 0
            ? (null, problems.ToImmutable())
            : (new FlagDefinition(json, state, type, variants, defaultVariant, rollout), []);
    }

    private static FlagState ReadState(JsonElement root, ImmutableArray<Problem>.Builder problems)
    {
        if (!root.TryGetProperty("state", out var state))
        {
            problems.Add(new Problem("/state", "missing; \"ENABLED\" or \"DISABLED\""));
            return default;
        }

        switch (state.ValueKind == JsonValueKind.String ? state.GetString() : null)
        {
            case "ENABLED":
                return FlagState.Enabled;
            case "DISABLED":
                return FlagState.Disabled;
            default:
                problems.Add(new Problem("/state", "must be \"ENABLED\" or \"DISABLED\""));
                return default;
        }
    }

    private static (FlagType, ImmutableArray<Variant>) ReadVariants(JsonElement root, ImmutableArray<Problem>.Builder problems)
    {
        if (!root.TryGetProperty("variants", out var variants) || variants.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new Problem("/variants", "missing or not an object; it maps each variant's name to its value"));
            return (default, []);
        }

        FlagType? type = null;
        var read = ImmutableArray.CreateBuilder<Variant>();
        foreach (var variant in variants.EnumerateObject())
        {
            var place = $"/variants/{variant.Name}";
            if (variant.Name.Length == 0)
                problems.Add(new Problem(place, "a variant's name must not be empty"));
            if (TypeOf(variant.Value.ValueKind) is not { } own)
                problems.Add(new Problem(place, "a variant's value is a boolean, a string, a number or an object"));
            else if (own != (type ??= own))
                problems.Add(new Problem(place, $"all variants have one type: this one is {own}, those before it are {type}"));
            read.Add(new Variant(variant.Name, variant.Value.GetRawText()));
        }

        if (read.Count == 0)
            problems.Add(new Problem("/variants", "a flag has at least one variant"));
        if (read.Count > Limits.Variants)
            problems.Add(new Problem("/variants", $"a flag has at most {Limits.Variants} variants, and this one has {read.Count}"));
        return (type ?? default, read.ToImmutable());
    }

    private static int? ReadDefaultVariant(JsonElement root, ImmutableArray<Variant> variants, ImmutableArray<Problem>.Builder problems)
    {
        if (!root.TryGetProperty("defaultVariant", out var named) || named.ValueKind == JsonValueKind.Null)
            return null;
        if (named.ValueKind != JsonValueKind.String)
        {
            problems.Add(new Problem("/defaultVariant", "must be the name of a variant, or null"));
            return null;
        }

        var index = IndexOf(variants, named.GetString()!);
        if (index < 0)
            problems.Add(new Problem("/defaultVariant", $"names \"{named.GetString()}\", which is not among the variants"));
        return index < 0 ? null : index;
    }

    private static void CheckMetadata(JsonElement root, ImmutableArray<Problem>.Builder problems)
    {
        if (!root.TryGetProperty("metadata", out var metadata))
            return;
        if (metadata.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new Problem("/metadata", "must be an object"));
            return;
        }

        foreach (var entry in metadata.EnumerateObject())
        {
            if (entry.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null)
                problems.Add(new Problem($"/metadata/{entry.Name}", "a metadata value is a boolean, a string or a number"));
        }
    }

    internal static int IndexOf(ImmutableArray<Variant> variants, string name)
    {
        for (var i = 0; i < variants.Length; i++)
        {
            if (variants[i].Name == name)
                return i;
        }

        return -1;
    }

    internal static string Named(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };

    private static FlagType? TypeOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.True or JsonValueKind.False => FlagType.Boolean,
        JsonValueKind.String => FlagType.String,
        JsonValueKind.Number => FlagType.Number,
        JsonValueKind.Object => FlagType.Object,
        _ => null,
    };

    private static byte[] Minify(JsonElement root)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
            root.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
