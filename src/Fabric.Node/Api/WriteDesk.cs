using System.Text;
using Fabric.Flags;
using Fabric.Flags.Attachments;
using Fabric.Flags.Changes;
using Fabric.Node.Problems;
using Fabric.Node.Writes;

namespace Fabric.Node.Api;

/// <summary>What all writes of the public API share: the checks before the way to the leader, and the answer after it.</summary>
internal sealed class WriteDesk(WriteCoordinator writes, OperationLedger ledger, WriteGate gate, string node)
{
    // What a change needs in the log beside its key and definition, and an entry beside its changes; rounded up.
    private const int ChangeOverhead = 48;
    private const int EntryOverhead = 640;

    /// <summary>Why a request must not be worked on, although it is valid by itself; null when it may.</summary>
    public Refusal? Check(Operation operation, HttpRequest request, ReadOnlySpan<byte> body) => 
        ClaimedActor.WhyNot(request) is { } problem ? Refusals.Invalid([problem]) : ledger.Check(operation, request, body);

    /// <summary>Brings the set to whoever leads, with the name and address of who asks for it.</summary>
    public async Task<WriteResult> WriteAsync(HttpContext http, ChangeSet changes)
    {
        var origin = new Origin(0, node, AddressOf(http), ClaimedActor.Read(http.Request));
        return await writes.WriteAsync(changes with { Origin = origin }, http.RequestAborted);
    }

    private static string? AddressOf(HttpContext http) =>
        http.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4().ToString() : http.Connection.RemoteIpAddress?.ToString();

    /// <summary>A set that the log could not take is refused before anybody is asked.</summary>
    public static Refusal? TooLarge(ChangeSet changes)
    {
        var bytes = BytesOf(changes.Message) + changes.Changes.Sum(BytesOf) + changes.Attachments.Sum(BytesOf);
        return bytes > Limits.EntryBytes ? Refusals.EntryTooLarge(bytes) : null;
    }

    /// <summary>About the bytes that an entry of the log has without its changes.</summary>
    public static long BytesOf(string? message) => EntryOverhead + Encoding.UTF8.GetByteCount(message ?? "");

    /// <summary>About the bytes that a change adds to its entry.</summary>
    public static long BytesOf(Change change) =>
        ChangeOverhead + Encoding.UTF8.GetByteCount(change.Key) + (change is Change.Put put ? put.Definition.Json.Length : 0);

    private static long BytesOf(AttachmentChange change) => ChangeOverhead + (change is AttachmentChange.Put put ? put.Request.Bytes : change.Id.Length);

    /// <summary>What to answer when the write did not apply; null when it did.</summary>
    /// <param name="result">What came of it.</param>
    /// <param name="operation">Its name in the log.</param>
    /// <param name="byHeader">The condition came from a header, so its failure is a failed precondition.</param>
    public Refusal? Refusal(WriteResult result, Guid operation, bool byHeader) => result switch
    {
        WriteResult.Decided { Outcome: ChangeOutcome.Applied } => null,
        WriteResult.Decided { Outcome: ChangeOutcome.Conflict conflict } => byHeader
            ? Refusals.Precondition(conflict.Key, conflict.ActualRevision)
            : Refusals.Conflict(conflict.Key, conflict.ActualRevision),
        WriteResult.Decided { Outcome: ChangeOutcome.NotFound missing } => byHeader
            ? Refusals.Precondition(missing.Key, 0)
            : AttachmentId.FromSubject(missing.Key) is { } id ? Refusals.NoAttachment(id) : Refusals.NoFlag(missing.Key),
        WriteResult.Decided { Outcome: ChangeOutcome.Full full } => Refusals.Full(full.Reason),
        WriteResult.Decided { Outcome: ChangeOutcome.Refused refused } => Refusals.Prerequisite(refused.Key, refused.Reason),
        WriteResult.Busy => Refusals.TooMany(gate.Limit),
        WriteResult.Refused refused => Refusals.Refused(refused.Reason),
        WriteResult.NoRoom full => Refusals.NoRoom(full.Reason),
        WriteResult.NoLeader other => Refusals.NoLeader(other.Reason),
        WriteResult.Unknown unknown => Refusals.Unknown(unknown.Reason, operation),
        _ => throw new InvalidOperationException($"a write's result has no case {result}"),
    };
}
