using System.Collections.Immutable;
using System.Text.Json;
using Fabric.Flags;
using Fabric.Flags.Changes;
using Fabric.Flags.Definitions;

namespace Fabric.Node.Api.Changes;

/// <summary>Reads a change set and names everything that is wrong with it.</summary>
internal static class ChangeSetReader
{
    /// <summary>The set, or null with at least one problem added.</summary>
    /// <param name="root">What was sent.</param>
    /// <param name="operation">Its name in the log.</param>
    /// <param name="problems">Takes what is wrong with it.</param>
    /// <param name="forwarded">Another member passes it on, and says who made it.</param>
    public static ChangeSet? Read(JsonElement root, Guid operation, ICollection<Problem> problems, bool forwarded = false)
    {
        var before = problems.Count;
        if (root.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new Problem("", "must be an object with \"changes\""));
            return null;
        }

        foreach (var field in root.EnumerateObject()
            .Where(field => field.Name is not ("changes" or "attachments" or "message") && !(forwarded && field.Name == "origin")))
            problems.Add(new Problem($"/{field.Name}", "unknown field; a change set has changes, attachments and message"));
        var set = new ChangeSet(operation, ReadChanges(root, problems), ReadMessage(root, problems))
        {
            Attachments = AttachmentChangeReader.Read(root, problems),
            Origin = forwarded ? ForwardedBody.ReadOrigin(root, problems) : null,
        };
        foreach (var problem in set.Problems().Where(problem => !IsEcho(problem, problems)).ToArray())
            problems.Add(problem);
        return problems.Count == before ? set : null;
    }

    /// <summary>What could not be read is found missing once more by the rules of the set, which need not be said twice.</summary>
    private static bool IsEcho(Problem problem, ICollection<Problem> known)
    {
        var place = problem.Path.EndsWith("/key", StringComparison.Ordinal) ? problem.Path[..^"/key".Length] : problem.Path;
        return known.Any(other => other.Path == place || AttachmentChangeReader.IsBelow(place, other.Path) || (place != problem.Path && other.Path.StartsWith($"{place}/", StringComparison.Ordinal)));
    }

    private static string? ReadMessage(JsonElement root, ICollection<Problem> problems)
    {
        if (!root.TryGetProperty("message", out var message) || message.ValueKind == JsonValueKind.Null)
            return null;
        if (message.ValueKind == JsonValueKind.String)
            return message.GetString();
        problems.Add(new Problem("/message", "must be a string"));
        return null;
    }

    private static ImmutableArray<Change> ReadChanges(JsonElement root, ICollection<Problem> problems)
    {
        if (!root.TryGetProperty("changes", out var changes) && root.TryGetProperty("attachments", out _))
            return [];
        if (changes.ValueKind != JsonValueKind.Array)
        {
            problems.Add(new Problem("/changes", "missing or not an array; it lists the changes"));
            return [];
        }

        var read = ImmutableArray.CreateBuilder<Change>();
        foreach (var change in changes.EnumerateArray())
            read.Add(ReadChange(change, $"/changes/{read.Count}", problems));
        return read.ToImmutable();
    }

    private static Change ReadChange(JsonElement change, string place, ICollection<Problem> problems)
    {
        if (change.ValueKind == JsonValueKind.Object && change.EnumerateObject().Count() == 1)
        {
            if (change.TryGetProperty("put", out var put))
                return ReadPut(put, $"{place}/put", problems);
            if (change.TryGetProperty("delete", out var delete))
                return ReadDelete(delete, $"{place}/delete", problems);
        }

        problems.Add(new Problem(place, "must be {\"put\": {…}} or {\"delete\": {…}}"));
        return StandIn("");
    }

    private static Change ReadPut(JsonElement put, string place, ICollection<Problem> problems)
    {
        if (!IsObjectOf(put, place, problems, "key", "definition", "ifRevision"))
            return StandIn("");
        var key = ReadKey(put, place, problems);
        var condition = ReadCondition(put, place, problems);
        if (!put.TryGetProperty("definition", out var element))
        {
            problems.Add(new Problem($"{place}/definition", "missing"));
            return StandIn(key);
        }

        var (definition, wrong) = DefinitionParser.Parse(element);
        foreach (var problem in wrong)
            problems.Add(new Problem($"{place}/definition{problem.Path}", problem.Reason));
        return definition is null ? StandIn(key) : new Change.Put(key, definition, condition);
    }

    private static Change.Delete ReadDelete(JsonElement delete, string place, ICollection<Problem> problems) =>
        IsObjectOf(delete, place, problems, "key", "ifRevision")
            ? new Change.Delete(ReadKey(delete, place, problems), ReadCondition(delete, place, problems))
            : StandIn("");

    /// <summary>Takes a broken change's place, so that what concerns the whole set is still found.</summary>
    private static Change.Delete StandIn(string key) => new(key);

    internal static bool IsObjectOf(JsonElement element, string place, ICollection<Problem> problems, params ReadOnlySpan<string> fields)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new Problem(place, "must be an object"));
            return false;
        }

        foreach (var field in element.EnumerateObject())
        {
            if (!fields.Contains(field.Name))
                problems.Add(new Problem($"{place}/{field.Name}", $"unknown field; there are {string.Join(", ", fields)}"));
        }

        return true;
    }

    /// <summary>The key as it was sent: whether it can name a flag is the set's own question.</summary>
    private static string ReadKey(JsonElement element, string place, ICollection<Problem> problems)
    {
        if (element.TryGetProperty("key", out var key) && key.ValueKind == JsonValueKind.String)
            return key.GetString()!;
        problems.Add(new Problem($"{place}/key", "missing or not a string"));
        return "";
    }

    internal static long? ReadCondition(JsonElement element, string place, ICollection<Problem> problems)
    {
        if (!element.TryGetProperty("ifRevision", out var condition) || condition.ValueKind == JsonValueKind.Null)
            return null;
        if (condition.ValueKind == JsonValueKind.Number && condition.TryGetInt64(out var revision) && revision >= 0)
            return revision;
        problems.Add(new Problem($"{place}/ifRevision", "must be a revision, or 0 for what must not exist"));
        return null;
    }
}
