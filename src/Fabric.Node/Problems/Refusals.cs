using Fabric.Flags;
using Fabric.Flags.Attachments;
using Fabric.Node.Api.Import;

namespace Fabric.Node.Problems;

/// <summary>Every problem that the API answers with, in one place: kinds are stable, sentences may change.</summary>
internal static partial class Refusals
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public static Refusal Invalid(IEnumerable<Problem> problems)
    {
        var errors = problems.ToArray();
        return new(400, "invalid-request", "The request is not valid", string.Join("; ", errors.Take(3)) + (errors.Length > 3 ? $"; and {errors.Length - 3} more" : ""))
        {
            Errors = [.. errors],
        };
    }

    public static Refusal Malformed(string detail) => new(400, "invalid-request", "The request is not valid", detail);

    public static Refusal NotAMember() =>
        new(403, "members-only", "Only members may ask this", "this address is for the fabric's own nodes");

    public static Refusal NoFlag(string key) =>
        new(404, "flag-not-found", "There is no such flag", $"there is no flag \"{key}\"") { Key = key };

    public static Refusal NoAttachment(string id) =>
        new(404, "attachment-not-found", "There is no such attachment", $"the fabric has no attachment {id}") { Key = AttachmentId.Subject(id) };

    public static Refusal NoRoute(string path) =>
        new(404, "unknown-route", "There is nothing at this address", $"nothing is served at {path}; /openapi/v1.json lists what is");

    public static Refusal NoMethod(string method, string path) =>
        new(405, "method-not-allowed", "This address does not take this method", $"{path} does not take {method}; the Allow header lists what it takes");

    public static Refusal BodyTimeout() =>
        new(408, "body-timeout", "The body came too slowly", "the body did not arrive in time; nothing was read");

    public static Refusal Conflict(string key, long actual) =>
        new(409, "conflict", $"{A(key)} has another revision", Differs(key, actual)) { Key = key, ActualRevision = actual };

    public static Refusal Busy(string key) =>
        new(409, "conflict", $"{A(key)} keeps changing", $"{Named(key)} was changed by others at every attempt; try again") { Key = key, RetryAfter = Soon };

    public static Refusal Prerequisite(string key, string reason) =>
        new(409, "prerequisite", "Flags that need each other would no longer fit", $"\"{key}\" cannot be changed so: {reason}") { Key = key };

    public static Refusal Precondition(string key, long actual) =>
        new(412, "precondition-failed", $"{A(key)} is not as the request requires", Differs(key, actual)) { Key = key, ActualRevision = actual };

    public static Refusal TooLarge(int limit) =>
        new(413, "too-large", "The request is too large", $"a body has at most {limit} bytes");

    public static Refusal EntryTooLarge(long bytes) =>
        new(413, "too-large", "The change set is too large", $"a change set has about {bytes} bytes, and an entry of the log takes {Limits.EntryBytes}; send it in parts");

    public static Refusal WrongType(string? sent, IEnumerable<string> taken) =>
        new(415, "unsupported-media-type", "The body has a type that is not taken here",
            $"the body is {(string.IsNullOrEmpty(sent) ? "without a Content-Type" : $"\"{sent}\"")}; this address takes {string.Join(" or ", taken)}");

    public static Refusal Encoded(string encoding) =>
        new(415, "unsupported-media-type", "The body has an encoding that is not taken here", $"the body is encoded as \"{encoding}\"; send it as it is");

    public static Refusal KeyReused(Guid operation) =>
        new(422, "idempotency-key-reused", "The idempotency key belongs to another request",
            "this Idempotency-Key came before with another request; a key names one write, make a new one") { OperationId = operation };

    public static Refusal TooMany(int limit) =>
        new(429, "too-many-writes", "Too many writes are in flight", $"this node works on {limit} writes at once; try again") { RetryAfter = Soon };

    public static Refusal TooManyImports(int limit) =>
        new(429, "too-many-imports", "Too many imports are in flight", $"this node works on {limit} imports at once; try again") { RetryAfter = Soon };

    public static Refusal ImportRefused(ImportReportBody report) =>
        new(422, "import-refused", "Some flags of the file are refused",
            $"{report.Refused} of {report.Flags.Count} flags are refused, so nothing was written; ?partial=true writes the others")
        {
            Report = report,
        };

    public static Refusal Unexpected() =>
        new(500, "internal", "The node failed to answer", "an error that is not the request's; the node's log says more") { Applied = "unknown" };

    public static Refusal NotReady(string reason) =>
        new(503, "not-ready", "The node is not ready", reason) { RetryAfter = Soon };

    public static Refusal NoLeader(string reason) =>
        new(503, "no-leader", "No leader took the request", $"{reason}; nothing was applied") { RetryAfter = Soon };

    public static Refusal NoLeaderToRead(string reason) =>
        new(503, "no-leader", "No leader confirmed the read", $"{reason}; ?consistency=local reads what this node has") { RetryAfter = Soon };

    public static Refusal Refused(string reason) =>
        new(503, "refused", "The leader refused the write", $"{reason}; nothing was applied") { RetryAfter = Soon };

    public static Refusal Behind(long wanted, long applied) =>
        new(503, "behind", "The node has not reached that revision", $"revision {wanted} was asked for, and this node has {applied}") { RetryAfter = Soon };

    public static Refusal Unknown(string reason, Guid operation) =>
        new(504, "outcome-unknown", "The outcome of the write is unknown",
            $"{reason}; it may or may not apply. Send it again with Idempotency-Key {operation:D}: it never applies twice")
        {
            Applied = "unknown",
            OperationId = operation,
            RetryAfter = Soon,
        };

    public static Refusal Full(string reason) =>
        new(507, "full", "The fabric is full", reason);

    public static Refusal NoRoom(string reason) =>
        new(507, "disk-full", "There is no room for the write", $"{reason}; nothing was applied") { RetryAfter = Soon };

    private static string Differs(string key, long actual) =>
        actual == 0 ? $"{Named(key)} does not exist" : $"{Named(key)} has revision {actual}";

    /// <summary>What a change is about, where flags and attachments stand in one place.</summary>
    private static string Named(string key) => AttachmentId.FromSubject(key) is { } id ? $"the attachment {id}" : $"\"{key}\"";

    private static string A(string key) => AttachmentId.FromSubject(key) is null ? "A flag" : "An attachment";
}
