using System.Text;
using System.Text.Json;
using Fabric.Flags;
using Fabric.Flags.Attachments;
using Fabric.Node.Api.Flags;
using Fabric.Node.Fleet;
using Fabric.Node.Json;
using Fabric.Node.Options;
using Fabric.Node.Problems;
using Fabric.Node.Writes;

namespace Fabric.Node.Api.Attachments;

/// <summary>A write of one attachment, read and checked as far as that goes without the state.</summary>
/// <param name="Id">The attachment.</param>
/// <param name="Put">What is to be attached; null for withdrawing.</param>
/// <param name="Operation">The write's name.</param>
/// <param name="Condition">What must hold of the attachment.</param>
/// <param name="Message">Why, in the words of whoever asked.</param>
/// <param name="Wait">How long to wait for what becomes of it on this host.</param>
/// <param name="Body">What tells this write from another one with the same name.</param>
internal sealed record AttachmentWrite(
    string Id, AttachmentRequest? Put, Operation Operation, Precondition Condition, string? Message, TimeSpan Wait, ReadOnlyMemory<byte> Body);

/// <summary>Reads writes of attachments and names everything that is wrong with them.</summary>
internal static class AttachmentWriteReader
{
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Exactly one of the two results is set.</summary>
    public static async Task<(AttachmentWrite? Write, Refusal? Refusal)> ReadPutAsync(HttpContext http, int bodyLimit, string? timeout)
    {
        var problems = new List<Problem>();
        QueryNames.Check(http.Request, problems, "timeout");
        var (operation, condition) = (Operation.Read(http.Request, problems), Precondition.Read(http.Request, problems));
        var wait = ReadWait(http.Request, timeout, problems);
        var (body, refusal) = await JsonBody.ReadAsync(http, bodyLimit, problems, JsonBody.Json);
        using (body)
        {
            if (body is null)
                return (null, refusal ?? Refusals.Invalid(problems));
            var request = AttachmentReader.Read(body.Document.RootElement, "", "message", problems);
            var message = ReadMessage(body.Document.RootElement, problems);
            return problems.Count > 0
                ? (null, Refusals.Invalid(problems))
                : (new AttachmentWrite(request.Id, request, operation, condition, message, wait, body.Utf8), null);
        }
    }

    /// <summary>Exactly one of the two results is set.</summary>
    public static (AttachmentWrite? Write, Refusal? Refusal) ReadWithdraw(HttpContext http, string id, string? message, string? timeout, List<Problem> problems)
    {
        var (operation, condition) = (Operation.Read(http.Request, problems), Precondition.Read(http.Request, problems));
        if (condition.Kind == ConditionKind.Absent)
            problems.Add(new Problem("If-None-Match", "an attachment that does not exist cannot be withdrawn"));
        if (AttachmentId.WhyNot(id) is { } reason)
            problems.Add(new Problem("/id", reason));
        if (message is not null && Encoding.UTF8.GetByteCount(message) > Limits.MessageBytes)
            problems.Add(new Problem("?message", $"a message has at most {Limits.MessageBytes} bytes"));
        var wait = ReadWait(http.Request, timeout, problems);
        return problems.Count > 0
            ? (null, Refusals.Invalid(problems))
            : (new AttachmentWrite(id, null, operation, condition, message, wait, Encoding.UTF8.GetBytes(id)), null);
    }

    private static string? ReadMessage(JsonElement root, List<Problem> problems)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("message", out var message) || message.ValueKind == JsonValueKind.Null)
            return null;
        if (message.ValueKind == JsonValueKind.String && Encoding.UTF8.GetByteCount(message.GetString()!) <= Limits.MessageBytes)
            return message.GetString();
        problems.Add(new Problem("/message", $"must be a string of at most {Limits.MessageBytes} bytes"));
        return null;
    }

    /// <summary>Beside a wait for the whole fleet, the time is the fleet's.</summary>
    private static TimeSpan ReadWait(HttpRequest request, string? timeout, List<Problem> problems)
    {
        if (timeout is null || request.Query.ContainsKey(WaitsForFleet.Wait))
            return UsualWait;
        if (Durations.Read(timeout) is { } wait && wait <= LongestWait)
            return wait;
        problems.Add(new Problem("?timeout", $"must be {Durations.Range}, and at most {LongestWait.TotalSeconds:0} s"));
        return UsualWait;
    }
}
