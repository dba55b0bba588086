using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Fabric.Flags.Definitions;

namespace Fabric.Flags.Documents;

/// <summary>Makes a definition that stands by itself from one that stands in a file.</summary>
/// <param name="entry">The flag as it stands there.</param>
/// <param name="rules">The rules that the file's flags share.</param>
/// <param name="setMetadata">What the file says of all its flags.</param>
internal sealed class FlagReader(FlagEntry entry, SharedRules rules, ImmutableArray<JsonProperty> setMetadata)
{
    private const string Targeting = "targeting";
    private const string Metadata = "metadata";

    private readonly ImmutableArray<Problem>.Builder _problems = ImmutableArray.CreateBuilder<Problem>();
    private readonly ImmutableArray<string>.Builder _notes = ImmutableArray.CreateBuilder<string>();
    private ImmutableArray<Borrowed> _borrowed = [];

    internal DocumentFlag Read()
    {
        CheckKey();
        var definition = entry.Json.ValueKind == JsonValueKind.Object ? ReadDefinition() : null;
        if (entry.Json.ValueKind != JsonValueKind.Object)
            _problems.Add(new Problem(entry.Place, $"a flag is a JSON object, not {DefinitionParser.Named(entry.Json.ValueKind)}"));
        return _problems.Count > 0
            ? new DocumentFlag(entry.Key ?? "", entry.Place, null, _problems.ToImmutable(), [])
            : new DocumentFlag(entry.Key!, entry.Place, definition, [], _notes.ToImmutable());
    }

    private void CheckKey()
    {
        if (entry.Key is null && entry.Json.ValueKind == JsonValueKind.Object)
            _problems.Add(new Problem($"{entry.Place}/{FlagEntry.KeyField}", "missing or not a string; a flag in a list names its key"));
        else if (entry.Key is not null && FlagKey.WhyNot(entry.Key) is { } reason)
            _problems.Add(new Problem(entry.Listed ? $"{entry.Place}/{FlagEntry.KeyField}" : entry.Place, reason));
    }

    private FlagDefinition? ReadDefinition()
    {
        var (targeting, metadata) = (ExpandTargeting(), MergeMetadata());
        NoteUnknownFields();
        if (Nesting.Of(entry.Json) > Limits.JsonDepth || (targeting is { } rule && Nesting.Of(rule) > Limits.JsonDepth - 1))
        {
            _problems.Add(new Problem(entry.Place, $"a definition is nested at most {Limits.JsonDepth} levels deep"));
            return null;
        }

        // A reference that leads nowhere is named already, and is no operator either.
        var dangling = _problems.Count > 0;
        var (definition, wrong) = DefinitionParser.Parse(Write(targeting, metadata));
        foreach (var problem in wrong.Where(problem => !dangling || !problem.Path.EndsWith(SharedRules.Dangling, StringComparison.Ordinal)))
            _problems.Add(new Problem(PlaceInFile(problem.Path), problem.Reason));
        return definition;
    }

    private JsonElement? ExpandTargeting()
    {
        if (!entry.Json.TryGetProperty(Targeting, out var targeting))
            return null;
        (var expanded, _borrowed) = rules.Expand(targeting, $"{entry.Place}/{Targeting}", _problems);
        foreach (var (place, name) in _borrowed)
            _notes.Add($"the shared rule \"{name}\" was put at /{Targeting}{place}");
        return expanded;
    }

    /// <summary>The set's metadata that the flag does not say itself; empty where nothing is merged.</summary>
    private ImmutableArray<JsonProperty> MergeMetadata()
    {
        var own = entry.Json.TryGetProperty(Metadata, out var metadata) ? metadata : (JsonElement?)null;
        if (own is { ValueKind: not JsonValueKind.Object })
            return [];
        var merged = setMetadata.Where(property => own is not { } known || !known.TryGetProperty(property.Name, out _)).ToImmutableArray();
        if (merged.Length > 0)
            _notes.Add($"the file's metadata was put into the flag's: {string.Join(", ", merged.Select(static property => property.Name))}");
        return merged;
    }

    private void NoteUnknownFields()
    {
        foreach (var field in entry.Json.EnumerateObject().Where(field => !IsKey(field) && !DefinitionParser.Fields.Contains(field.Name)))
            _notes.Add($"the unknown field \"{field.Name}\" is kept and ignored");
    }

    private bool IsKey(JsonProperty field) => entry.Listed && field.Name == FlagEntry.KeyField;

    private byte[] Write(JsonElement? targeting, ImmutableArray<JsonProperty> merged)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var field in entry.Json.EnumerateObject().Where(field => !IsKey(field)))
            {
                writer.WritePropertyName(field.Name);
                if (field.Name == Targeting)
                    targeting!.Value.WriteTo(writer);
                else if (field.Name == Metadata && merged.Length > 0)
                    WriteMetadata(writer, field.Value, merged);
                else
                    field.Value.WriteTo(writer);
            }

            if (merged.Length > 0 && !entry.Json.TryGetProperty(Metadata, out _))
            {
                writer.WritePropertyName(Metadata);
                WriteMetadata(writer, null, merged);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, JsonElement? own, ImmutableArray<JsonProperty> merged)
    {
        writer.WriteStartObject();
        if (own is { } known)
        {
            foreach (var property in known.EnumerateObject())
                property.WriteTo(writer);
        }

        foreach (var property in merged)
            property.WriteTo(writer);
        writer.WriteEndObject();
    }

    /// <summary>A problem inside of a shared rule is where the rule stands, not where it was put.</summary>
    private string PlaceInFile(string path)
    {
        foreach (var (place, name) in _borrowed)
        {
            var put = $"/{Targeting}{place}";
            if (path == put || path.StartsWith($"{put}/", StringComparison.Ordinal))
                return SharedRules.PlaceOf(name) + path[put.Length..];
        }

        return entry.Place + path;
    }
}
