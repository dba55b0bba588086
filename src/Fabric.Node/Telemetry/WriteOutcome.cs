using System.Diagnostics;
using Fabric.Flags.Changes;
using Fabric.Node.Writes;

namespace Fabric.Node.Telemetry;

/// <summary>What came of a write, in a word.</summary>
internal static class WriteOutcome
{
    /// <summary>Every word there is.</summary>
    public static IReadOnlyList<string> All { get; } = ["applied", "conflict", "not_found", "full", "broken", "busy", "refused", "no_room", "no_leader", "unknown"];

    public static string Of(WriteResult result) => result switch
    {
        WriteResult.Decided { Outcome: ChangeOutcome.Applied } => "applied",
        WriteResult.Decided { Outcome: ChangeOutcome.Conflict } => "conflict",
        WriteResult.Decided { Outcome: ChangeOutcome.NotFound } => "not_found",
        WriteResult.Decided { Outcome: ChangeOutcome.Full } => "full",
        WriteResult.Decided => "broken",
        WriteResult.Busy => "busy",
        WriteResult.Refused => "refused",
        WriteResult.NoRoom => "no_room",
        WriteResult.NoLeader => "no_leader",
        _ => "unknown",
    };

    /// <summary>Counts a write that is over, and ends its span.</summary>
    public static void Count(WriteResult result, TimeSpan took, Activity? span)
    {
        var outcome = new KeyValuePair<string, object?>(Instruments.Outcome, Of(result));
        Instruments.Writes.Add(1, outcome);
        Instruments.WriteDuration.Record(took.TotalSeconds);
        if (span is null)
            return;
        span.SetTag(outcome.Key, outcome.Value);
        if (result is WriteResult.Decided { Outcome: ChangeOutcome.Applied applied })
            span.SetTag("fabric.revision", applied.Revision);
        else if (result is not WriteResult.Decided)
            span.SetStatus(ActivityStatusCode.Error, outcome.Value as string);
    }
}
