using System.Collections.Immutable;
using Fabric.Raft;

namespace Fabric.Node.Fleet;

/// <summary>When the last entries were applied here: since when a host that lacks one of them is behind.</summary>
internal sealed class RevisionTimes(TimeProvider time) : IAppliedSink
{
    private const int Remembered = 8_192;

    private readonly Lock _lock = new();
    private readonly Queue<(long Index, DateTimeOffset At)> _times = new();

    public void Applied(FabricState state, ImmutableArray<string> changedKeys) => Note(state.AppliedIndex);

    public void Replaced(FabricState state) => Note(state.AppliedIndex);

    /// <summary>When the first entry after an index was applied here; at the earliest, when the oldest that is remembered was.</summary>
    public DateTimeOffset FirstAfter(long index)
    {
        lock (_lock)
        {
            foreach (var (applied, at) in _times)
            {
                if (applied > index)
                    return at;
            }
        }

        return time.GetUtcNow();
    }

    private void Note(long index)
    {
        lock (_lock)
        {
            _times.Enqueue((index, time.GetUtcNow()));
            if (_times.Count > Remembered)
                _times.Dequeue();
        }
    }
}
