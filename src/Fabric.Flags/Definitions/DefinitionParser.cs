using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fabric.Flags.Compilation;
using Fabric.Flags.Targeting;

namespace Fabric.Flags.Definitions;

/// <summary>Reads a definition in flagd's format and names everything that is wrong with it.</summary>
public static class DefinitionParser
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = Limits.JsonDepth };
    internal static readonly string[] Fields =
    [
        "state", "variants", "defaultVariant", "targeting", "metadata",
        "salt", "activateAt", "offVariant", "prerequisites", "ramp", "staleAfter", "requiresBuild",
    ];

    private static readonly Problem NotUnicode = new("", "not valid JSON: a string is not valid Unicode");
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
        catch (InvalidOperationException)
        {
            // Names are compared while the document is read, and one of them is half of a surrogate pair.
            return (null, [NotUnicode]);
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
            return (null, [NotUnicode]);
        }
    }

    private static (FlagDefinition?, ImmutableArray<Problem>) Read(JsonElement root)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        if (root.ValueKind != JsonValueKind.Object)
            return (null, [new Problem("", $"a definition is a JSON object, not {Named(root.ValueKind)}")]);
        if (Nesting.Of(root) > Limits.JsonDepth)
            return (null, [new Problem("", $"a definition is nested at most {Limits.JsonDepth} levels deep")]);

        CheckNames(root, problems);
        var state = ReadState(root, problems);
        var (type, variants) = ReadVariants(root, problems);
        var targeting = ReadTargeting(root, problems);
        if (targeting is not null)
            ResultNames.Check(targeting, variants, problems);
        CheckMetadata(root, problems);

        var own = new FabricFieldReader(root, variants, problems);
        var definition = new FlagDefinition(
            default, state, type, variants, ReadDefaultVariant(root, variants, problems), targeting is null ? null : RolloutShape.Of(targeting, variants))
        {
            Targeting = targeting,
            Salt = own.Salt(),
            ActivateAt = own.ActivateAt(),
            OffVariant = own.OffVariant(),
            Prerequisites = own.Prerequisites(),
            Ramp = own.Ramp(),
            Staleness = own.Staleness(),
            RequiresBuild = own.RequiresBuild(),
        };
        if (problems.Count > 0)
            return (null, problems.ToImmutable());
        var json = Minify(root);
        return json.Length > Limits.DefinitionBytes
            ? (null, [new Problem("", $"a definition has at most {Limits.DefinitionBytes} bytes, and this one has {json.Length}")])
            : (definition with { Json = json, HttpOnlyBecause = Compiler.WhyHttpOnly(definition) }, []);
    }

    /// <summary>A field of somebody else's is kept and ignored, as flagd does; one that looks like a slip is refused.</summary>
    private static void CheckNames(JsonElement root, ImmutableArray<Problem>.Builder problems)
    {
        foreach (var property in root.EnumerateObject().Where(static property => !Fields.Contains(property.Name)))
        {
            if (Spelling.Meant(property.Name, Fields) is { } meant)
                problems.Add(new Problem(Pointer.Child("", property.Name), $"unknown field; did you mean \"{meant}\"?"));
        }
    }

    private static Expression? ReadTargeting(JsonElement root, ImmutableArray<Problem>.Builder problems)
    {
        if (!root.TryGetProperty("targeting", out var targeting))
            return null;
        if (targeting.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new Problem("/targeting", $"must be an object, not {Named(targeting.ValueKind)}"));
            return null;
        }

        return targeting.EnumerateObject().Any() ? new ExpressionParser(problems).Parse(targeting, "/targeting") : null;
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
            var place = Pointer.Child("/variants", variant.Name);
            if (variant.Name.Length == 0)
                problems.Add(new Problem(place, "a variant's name must not be empty"));
            if (TypeOf(variant.Value.ValueKind) is not { } own)
                problems.Add(new Problem(place, "a variant's value is a boolean, a string, a number or an object"));
            else if (own != (type ??= own))
                problems.Add(new Problem(place, $"all variants have one type: this one is {own}, those before it are {type}"));
            read.Add(new Variant(variant.Name, JsonOf(variant.Value)));
        }

        if (read.Count == 0)
            problems.Add(new Problem("/variants", "a flag has at least one variant"));
        if (read.Count > Limits.Variants)
            problems.Add(new Problem("/variants", $"a flag has at most {Limits.Variants} variants, and this one has {read.Count}"));
        CheckHashes(read, problems);
        return (type ?? default, read.ToImmutable());
    }

    /// <summary>The table tells variants apart by half of a hash, when one flag asks another.</summary>
    private static void CheckHashes(ImmutableArray<Variant>.Builder variants, ImmutableArray<Problem>.Builder problems)
    {
        var seen = new Dictionary<uint, string>();
        foreach (var variant in variants)
        {
            if (!seen.TryAdd(TextHash.OfName(variant.Name), variant.Name))
            {
                problems.Add(new Problem(Pointer.Child("/variants", variant.Name),
                    $"its name has the same hash as \"{seen[TextHash.OfName(variant.Name)]}\"; give it another name"));
            }
        }
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
                problems.Add(new Problem(Pointer.Child("/metadata", entry.Name), "a metadata value is a boolean, a string or a number"));
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

    /// <summary>Without white space, which only an object can hold.</summary>
    private static string JsonOf(JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? Encoding.UTF8.GetString(Minify(value))
        : value.GetRawText();

    private static byte[] Minify(JsonElement root)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
            root.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
