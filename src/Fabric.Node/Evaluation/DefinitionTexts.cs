using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Fabric.Flags.Definitions;

namespace Fabric.Node.Evaluation;

/// <summary>
/// What evaluation over HTTP needs of a definition as JSON: read once, and kept as long as the definition itself, which a
/// new revision replaces.
/// </summary>
/// <param name="Targeting">The rule; null for none.</param>
/// <param name="Metadata">The metadata; empty for none.</param>
/// <param name="Values">The variants' values, in their order.</param>
internal sealed record DefinitionTexts(string? Targeting, ReadOnlyMemory<byte> Metadata, ImmutableArray<ReadOnlyMemory<byte>> Values)
{
    private static readonly ConditionalWeakTable<FlagDefinition, DefinitionTexts> Known = [];

    public static DefinitionTexts Of(FlagDefinition definition) => Known.GetValue(definition, Read);

    private static DefinitionTexts Read(FlagDefinition definition)
    {
        using var document = JsonDocument.Parse(definition.Json);
        return new DefinitionTexts(
            TextOf(document.RootElement, "targeting"),
            Encoding.UTF8.GetBytes(TextOf(document.RootElement, "metadata") ?? ""),
            [.. definition.Variants.Select(variant => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(variant.Json))]);
    }

    /// <summary>An object with anything in it.</summary>
    private static string? TextOf(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Any() ? value.GetRawText() : null;
}
