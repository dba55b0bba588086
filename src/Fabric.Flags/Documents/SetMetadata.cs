using System.Collections.Immutable;
using System.Text.Json;
using Fabric.Flags.Definitions;
using Fabric.Flags.Targeting;

namespace Fabric.Flags.Documents;

/// <summary>What a file says of all its flags together (<c>metadata</c> at its top).</summary>
internal static class SetMetadata
{
    private const string Field = "metadata";

    /// <summary>Empty where the file has none.</summary>
    internal static ImmutableArray<JsonProperty> Read(JsonElement root, ImmutableArray<Problem>.Builder problems)
    {
        if (!root.TryGetProperty(Field, out var metadata))
            return [];
        if (metadata.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new Problem($"/{Field}", $"must be an object, not {DefinitionParser.Named(metadata.ValueKind)}"));
            return [];
        }

        foreach (var entry in metadata.EnumerateObject())
        {
            if (entry.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null)
                problems.Add(new Problem(Pointer.Child($"/{Field}", entry.Name), "a metadata value is a boolean, a string or a number"));
            else if (entry.Name is "flagSetId" or "version" && entry.Value.ValueKind != JsonValueKind.String)
                problems.Add(new Problem(Pointer.Child($"/{Field}", entry.Name), "must be a string"));
        }

        return [.. metadata.EnumerateObject()];
    }
}
