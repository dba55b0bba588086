using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace Fabric.Flags.Targeting;

/// <summary>
/// Puts the shared rules of a flagd file (<c>$evaluators</c>) where its flags refer to them. One level, as flagd does:
/// a shared rule cannot refer to another.
/// </summary>
public static class EvaluatorReferences
{
    private const string Reference = "$ref";

    /// <summary>No sound definition is longer, and a few references to a long rule make an endless text.</summary>
    private const int LongestText = 2 * Limits.DefinitionBytes;

    /// <summary>
    /// <paramref name="targeting"/> with every <c>{"$ref": NAME}</c> replaced. What is wrong is added to
    /// <paramref name="problems"/>, and the reference then stays as it is.
    /// </summary>
    /// <param name="targeting">A flag's targeting.</param>
    /// <param name="evaluators">The file's shared rules by name.</param>
    /// <param name="place">JSON pointer to <paramref name="targeting"/>, for the problems.</param>
    /// <param name="problems">Takes unknown names, references in shared rules, and a rule that becomes too long.</param>
    public static JsonElement Expand(
        JsonElement targeting, IReadOnlyDictionary<string, JsonElement> evaluators, string place, ImmutableArray<Problem>.Builder problems)
    {
        if (!Refers(targeting))
            return targeting;
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            var expansion = new Expansion(writer, evaluators, problems);
            expansion.Copy(targeting, place);
            if (expansion.IsTooLong)
            {
                problems.Add(new Problem(place, $"with its references replaced it has more than {LongestText} bytes"));
                return targeting;
            }
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory, new JsonDocumentOptions { MaxDepth = 2 * JsonDepth });
        return document.RootElement.Clone();
    }

    /// <summary>A shared rule may lie as deep as a definition does, in one that does, too.</summary>
    private const int JsonDepth = 128;

    private static bool Refers(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => NameOf(element) is not null || element.EnumerateObject().Any(static property => Refers(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().Any(Refers),
        _ => false,
    };

    /// <summary>The name that a reference holds; null for anything else.</summary>
    private static string? NameOf(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return null;
        using var properties = element.EnumerateObject().GetEnumerator();
        return properties.MoveNext() && properties.Current is { Name: Reference, Value.ValueKind: JsonValueKind.String } only && !properties.MoveNext()
            ? only.Value.GetString()
            : null;
    }

    private sealed class Expansion(Utf8JsonWriter writer, IReadOnlyDictionary<string, JsonElement> evaluators, ImmutableArray<Problem>.Builder problems)
    {
        public bool IsTooLong => writer.BytesCommitted + writer.BytesPending > LongestText;

        public void Copy(JsonElement element, string place)
        {
            if (IsTooLong)
            {
                writer.WriteNullValue();
                return;
            }

            switch (element.ValueKind)
            {
                case JsonValueKind.Object when NameOf(element) is { } name:
                    Replace(element, name, place);
                    break;
                case JsonValueKind.Object:
                    writer.WriteStartObject();
                    foreach (var property in element.EnumerateObject())
                    {
                        writer.WritePropertyName(property.Name);
                        Copy(property.Value, Pointer.Child(place, property.Name));
                    }

                    writer.WriteEndObject();
                    break;
                case JsonValueKind.Array:
                    writer.WriteStartArray();
                    var index = 0;
                    foreach (var item in element.EnumerateArray())
                        Copy(item, Pointer.Child(place, index++));
                    writer.WriteEndArray();
                    break;
                default:
                    element.WriteTo(writer);
                    break;
            }
        }

        private void Replace(JsonElement reference, string name, string place)
        {
            if (!evaluators.TryGetValue(name, out var rule))
                problems.Add(new Problem(Pointer.Child(place, Reference), $"\"{name}\" is not among the file's $evaluators"));
            else if (Refers(rule))
                problems.Add(new Problem(Pointer.Child(place, Reference), $"the shared rule \"{name}\" refers to another one, and references are replaced one level deep"));
            else
                reference = rule;
            reference.WriteTo(writer);
        }
    }
}
