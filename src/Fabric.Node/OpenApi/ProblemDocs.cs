namespace Fabric.Node.OpenApi;

/// <summary>The kinds of problem that each status stands for.</summary>
internal static class ProblemDocs
{
    private static readonly Dictionary<string, string[]> Kinds = new(StringComparer.Ordinal)
    {
        ["400"] = ["invalid-request"],
        ["403"] = ["members-only", "cross-site"],
        ["404"] = ["flag-not-found", "attachment-not-found", "change-not-found", "host-not-found", "voter-not-found", "unknown-route"],
        ["405"] = ["method-not-allowed"],
        ["408"] = ["body-timeout"],
        ["409"] = ["conflict", "prerequisite", "host-kept", "not-replaced", "not-promoted", "not-handed-over"],
        ["410"] = ["history-gone", "events-gone"],
        ["412"] = ["precondition-failed"],
        ["413"] = ["too-large"],
        ["415"] = ["unsupported-media-type"],
        ["422"] = ["definition-refused", "idempotency-key-reused", "import-refused", "rollback-too-large"],
        ["429"] = ["too-many-writes", "too-many-imports"],
        ["500"] = ["internal"],
        ["503"] = ["no-leader", "not-ready", "refused", "behind", "too-many-backups", "too-many-streams"],
        ["504"] = ["outcome-unknown"],
        ["507"] = ["full", "disk-full"],
    };

    private static readonly Dictionary<string, string> Meanings = new(StringComparer.Ordinal)
    {
        ["400"] = "The request is not valid; errors names everything that is wrong.",
        ["403"] = "Not from there: an address for members, or a page of another site.",
        ["404"] = "What the request is about is not there.",
        ["409"] = "It does not fit what is there now; nothing was applied.",
        ["410"] = "It is no longer kept; oldestRevision is the oldest that is.",
        ["412"] = "It is not as If-Match or If-None-Match require; actualRevision is what it has. Nothing was applied.",
        ["413"] = "Body or change set are too large.",
        ["415"] = "The body's type or encoding is not taken here.",
        ["422"] = "Understood and refused; nothing was applied.",
        ["429"] = "Too much at once; Retry-After says when to come again. Nothing was applied.",
        ["500"] = "An error that is not the request's; of a write, applied is unknown.",
        ["503"] = "Not now; Retry-After says when to come again. Nothing was applied.",
        ["504"] = "Of a write: it may or may not apply. Sent again under the same Idempotency-Key it never applies twice.",
        ["507"] = "The fabric has no room, or too few voters have room on their disks; nothing was applied.",
    };

    /// <summary>All kinds there are.</summary>
    public static IEnumerable<string> All => Kinds.Values.SelectMany(static kinds => kinds);

    /// <summary>What an answer with a status says, and the types that its problem may have.</summary>
    public static string? Of(string status) => Meanings.TryGetValue(status, out var meaning)
        ? $"{meaning} Type: {string.Join(", ", Kinds[status].Select(static kind => $"urn:fabric:problem:{kind}"))}."
        : null;
}
