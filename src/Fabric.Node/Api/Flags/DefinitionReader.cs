using System.Text.Json;
using Fabric.Flags;
using Fabric.Flags.Definitions;

namespace Fabric.Node.Api.Flags;

/// <summary>
/// Reads the body of a PUT: a bare definition, or the flag as GET gave it, so that what was read can be edited and
/// sent back. Its revision is ignored: a condition stands in If-Match.
/// </summary>
internal static class DefinitionReader
{
    public static FlagDefinition? Read(JsonElement root, string key, ICollection<Problem> problems)
    {
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("definition", out var inner))
        {
            CheckFrame(root, key, problems);
            return Parse(inner, "/definition", problems);
        }

        return Parse(root, "", problems);
    }

    public static FlagDefinition? Parse(JsonElement element, string place, ICollection<Problem> problems)
    {
        var (definition, wrong) = DefinitionParser.Parse(element);
        foreach (var problem in wrong)
            problems.Add(new Problem(place + problem.Path, problem.Reason));
        return definition;
    }

    private static void CheckFrame(JsonElement root, string key, ICollection<Problem> problems)
    {
        foreach (var field in root.EnumerateObject())
        {
            if (field.Name is not ("key" or "revision" or "definition" or "evaluableIn" or "evaluableInReason"))
                problems.Add(new Problem($"/{field.Name}", "unknown field; a flag has key, revision, definition, evaluableIn and evaluableInReason"));
        }

        if (root.TryGetProperty("key", out var named) && (named.ValueKind != JsonValueKind.String || named.GetString() != key))
            problems.Add(new Problem("/key", $"must be \"{key}\", the key in the address"));
    }
}
