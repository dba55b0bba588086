using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;
using Fabric.Flags.Definitions;
using Fabric.Flags.Targeting;

namespace Fabric.Flags.Documents;

/// <summary>
/// Reads a whole file in flagd's format: flags as an object, or as a list of objects with their keys; shared rules; metadata
/// of the set. Fields that flagd does not know at the top are ignored, as flagd does.
/// </summary>
public static class DocumentReader
{
    /// <summary>What a file nests around its definitions: itself, and its flags.</summary>
    private const int OuterDepth = 2;

    // A definition that is nested too deeply is that flag's problem, so the file may be somewhat deeper than a sound one is.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = (2 * Limits.JsonDepth) + OuterDepth };

    /// <summary>Reads UTF-8 JSON.</summary>
    public static FlagDocument Read(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span))
            return Broken(new Problem("", "not valid JSON: it is not UTF-8"));
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            return Read(document.RootElement);
        }
        catch (JsonException broken)
        {
            return Broken(new Problem("", $"not valid JSON: {broken.Message}"));
        }
        catch (InvalidOperationException)
        {
            return HalfOfAPair();
        }
    }

    /// <summary>Reads a file that is parsed already, without names that stand twice in one object.</summary>
    public static FlagDocument Read(JsonElement root)
    {
        try
        {
            return ReadRoot(root);
        }
        catch (InvalidOperationException)
        {
            return HalfOfAPair();
        }
    }

    private static FlagDocument ReadRoot(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return Broken(new Problem("", $"a file of flags is a JSON object, not {DefinitionParser.Named(root.ValueKind)}"));
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var rules = SharedRules.Read(root, problems);
        var metadata = SetMetadata.Read(root, problems);
        var entries = ReadEntries(root, problems);
        CheckTwice(entries, problems);
        if (problems.Count > 0)
            return new FlagDocument([], problems.ToImmutable());
        return new FlagDocument([.. entries.Select(entry => new FlagReader(entry, rules, metadata).Read())], []);
    }

    private static List<FlagEntry> ReadEntries(JsonElement root, ImmutableArray<Problem>.Builder problems)
    {
        var entries = new List<FlagEntry>();
        if (!root.TryGetProperty("flags", out var flags))
            problems.Add(new Problem("/flags", "missing; it holds the flags by their keys"));
        else if (flags.ValueKind == JsonValueKind.Object)
            entries.AddRange(flags.EnumerateObject().Select(static flag => new FlagEntry(flag.Name, Pointer.Child("/flags", flag.Name), flag.Value, Listed: false)));
        else if (flags.ValueKind == JsonValueKind.Array)
            entries.AddRange(flags.EnumerateArray().Select(static (flag, index) => new FlagEntry(KeyOf(flag), Pointer.Child("/flags", index), flag, Listed: true)));
        else
            problems.Add(new Problem("/flags", $"must be an object with flags by their keys, or a list of flags, not {DefinitionParser.Named(flags.ValueKind)}"));
        return entries;
    }

    /// <summary>Null where a listed flag has none.</summary>
    private static string? KeyOf(JsonElement flag) =>
        flag.ValueKind == JsonValueKind.Object && flag.TryGetProperty(FlagEntry.KeyField, out var key) && key.ValueKind == JsonValueKind.String
            ? key.GetString()
            : null;

    private static void CheckTwice(List<FlagEntry> entries, ImmutableArray<Problem>.Builder problems)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries.Where(static entry => entry.Key is not null))
        {
            if (!seen.TryAdd(entry.Key!, entry.Place))
                problems.Add(new Problem($"{entry.Place}/{FlagEntry.KeyField}", $"\"{entry.Key}\" is given twice, first at {seen[entry.Key!]}"));
        }
    }

    /// <summary>The reader of JSON finds out only when it makes a string.</summary>
    private static FlagDocument HalfOfAPair() => Broken(new Problem("", "not valid JSON: a string is not valid Unicode"));

    private static FlagDocument Broken(Problem problem) => new([], [problem]);
}

/// <summary>A flag as it stands in a file.</summary>
/// <param name="Key">Its key; null where a listed flag has none.</param>
/// <param name="Place">JSON pointer to it.</param>
/// <param name="Json">What it says.</param>
/// <param name="Listed">It stands in a list, with its key among its fields.</param>
internal sealed record FlagEntry(string? Key, string Place, JsonElement Json, bool Listed)
{
    internal const string KeyField = "key";
}
