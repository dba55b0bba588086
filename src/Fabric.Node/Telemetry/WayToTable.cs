using System.Collections.Immutable;
using System.Diagnostics;
using Fabric.Raft;

namespace Fabric.Node.Telemetry;

/// <summary>
/// Times how long entries take from being applied to being seen by this host's programs, and ends the trace of a write
/// there. The thread that applies and the table's loop tell it, writes ask; every queue is bounded, and what falls out is
/// not measured.
/// </summary>
internal sealed class WayToTable(TimeProvider time) : IAppliedSink
{
    private const int Remembered = 1024;

    private readonly Lock _lock = new();
    private readonly Queue<(long Revision, DateTimeOffset Applied)> _applied = new();
    private readonly Queue<(long Revision, DateTimeOffset Applied, DateTimeOffset Shown)> _shown = new();
    private readonly Queue<(long Revision, ActivityContext Write)> _awaited = new();

    // One writer, the table's loop; many readers. 0 before there is a table.
    private long _last;

    /// <summary>The revision that this host's programs see; null before that is known.</summary>
    public long? LastShown => Volatile.Read(ref _last) is > 0 and var last ? last : null;

    public void Applied(FabricState state, ImmutableArray<string> changedKeys)
    {
        if (!Instruments.TableDelay.Enabled && !Instruments.TableSource.HasListeners())
            return;
        lock (_lock)
            Keep(_applied, (state.AppliedIndex, time.GetUtcNow()));
    }

    /// <summary>What is taken over as a whole has no moment of its own.</summary>
    public void Replaced(FabricState state)
    {
        lock (_lock)
            _applied.Clear();
    }

    /// <summary>Readers of the table see a revision.</summary>
    public void Shown(long revision)
    {
        Volatile.Write(ref _last, revision);
        lock (_lock)
        {
            if (_applied.Count == 0)
                return;
            var now = time.GetUtcNow();
            while (_applied.TryPeek(out var entry) && entry.Revision <= revision)
            {
                _applied.Dequeue();
                Instruments.TableDelay.Record(Math.Max(0, (now - entry.Applied).TotalSeconds));
                Keep(_shown, (entry.Revision, entry.Applied, now));
            }

            // Each is looked at once: what is not shown yet goes back to the end.
            for (var left = _awaited.Count; left > 0; left--)
            {
                var write = _awaited.Dequeue();
                if (!TryTrace(write.Revision, write.Write))
                    _awaited.Enqueue(write);
            }
        }
    }

    /// <summary>Has the trace of a write end where its revision is shown, which may have been or is to come.</summary>
    public void Trace(long revision)
    {
        if (!Instruments.TableSource.HasListeners() || Activity.Current is not { Recorded: true } write)
            return;
        lock (_lock)
        {
            if (!TryTrace(revision, write.Context))
                Keep(_awaited, (revision, write.Context));
        }
    }

    private bool TryTrace(long revision, ActivityContext write)
    {
        foreach (var entry in _shown)
        {
            if (entry.Revision != revision)
                continue;
            using var span = Instruments.TableSource.StartActivity("table write", ActivityKind.Internal, write, startTime: entry.Applied);
            span?.SetTag("fabric.revision", revision);
            span?.SetEndTime(entry.Shown.UtcDateTime);
            return true;
        }

        return false;
    }

    private static void Keep<T>(Queue<T> queue, T one)
    {
        if (queue.Count == Remembered)
            queue.Dequeue();
        queue.Enqueue(one);
    }
}
