using System.Text;
using System.Text.Json;
using Fabric.Flags;

namespace Fabric.Node.Api.History;

/// <summary>What a rollback asks for.</summary>
/// <param name="ToRevision">What the flags become what they were at.</param>
/// <param name="ChangeSet">Only the flags of this change set, which is the one after <paramref name="ToRevision"/>.</param>
/// <param name="DryRun">Change nothing.</param>
/// <param name="Message">Why.</param>
internal sealed record RollbackRequest(long ToRevision, long? ChangeSet, bool DryRun, string Message)
{
    /// <param name="root">What was sent.</param>
    /// <param name="problems">Takes what is wrong with it.</param>
    /// <param name="fields">The fields that it may have; toRevision and message are always among them.</param>
    public static RollbackRequest Read(JsonElement root, ICollection<Problem> problems, params ReadOnlySpan<string> fields)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new Problem("", "must be an object with \"toRevision\""));
            return new RollbackRequest(0, null, false, "");
        }

        foreach (var field in root.EnumerateObject())
        {
            if (field.Name is not ("toRevision" or "message") && !fields.Contains(field.Name))
                problems.Add(new Problem($"/{field.Name}", $"unknown field; there are toRevision, message{(fields.Length > 0 ? ", " : "")}{string.Join(", ", fields)}"));
        }

        var set = fields.Contains("changeSet") ? ReadRevision(root, "changeSet", 1, problems) : null;
        var to = ReadRevision(root, "toRevision", 0, problems);
        if (to is null == set is null)
            problems.Add(new Problem("/toRevision", set is null ? "missing; the revision to go back to" : "stands beside changeSet; a rollback has one of the two"));
        var revision = set - 1 ?? to ?? 0;
        return new RollbackRequest(revision, set, ReadDryRun(root, problems), ReadMessage(root, problems) ?? Default(revision, set));
    }

    private static string Default(long revision, long? set) => set is null ? $"rollback to revision {revision}" : $"rollback of change set {set}";

    private static long? ReadRevision(JsonElement root, string name, long low, ICollection<Problem> problems)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var revision) && revision >= low && revision < long.MaxValue)
            return revision;
        problems.Add(new Problem($"/{name}", "must be a revision: a whole number"));
        return low;
    }

    private static bool ReadDryRun(JsonElement root, ICollection<Problem> problems)
    {
        if (!root.TryGetProperty("dryRun", out var value) || value.ValueKind is JsonValueKind.Null or JsonValueKind.False)
            return false;
        if (value.ValueKind != JsonValueKind.True)
            problems.Add(new Problem("/dryRun", "must be true or false"));
        return true;
    }

    private static string? ReadMessage(JsonElement root, ICollection<Problem> problems)
    {
        if (!root.TryGetProperty("message", out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind == JsonValueKind.String && Encoding.UTF8.GetByteCount(value.GetString()!) <= Limits.MessageBytes)
            return value.GetString();
        problems.Add(new Problem("/message", $"must be a string of at most {Limits.MessageBytes} bytes"));
        return null;
    }
}
