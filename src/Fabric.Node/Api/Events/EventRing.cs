using System.Collections.Immutable;
using Fabric.Raft;

namespace Fabric.Node.Api.Events;

/// <summary>What a stream finds when it looks for what comes after a revision.</summary>
/// <param name="Events">The next ones, in order and without a gap; empty where there are none yet.</param>
/// <param name="Oldest">Every event after this revision is kept.</param>
/// <param name="Lost">Events after the revision that was asked for are not kept any more.</param>
/// <param name="More">Ends when there are more.</param>
internal readonly record struct Found(IReadOnlyList<PastEvent> Events, long Oldest, bool Lost, Task More);

/// <summary>
/// The last change sets that this node applied, bounded in number and bytes. The applying thread only adds and wakes; whoever
/// reads comes back for more, and finds out when it was too slow. The replay of the log at the start fills it, so a stream
/// goes on where it was over the restart of a node.
/// </summary>
internal sealed class EventRing(int bound, long boundBytes) : IAppliedSink
{
    private readonly Lock _lock = new();
    private readonly PastEvent[] _slots = new PastEvent[bound];
    private TaskCompletionSource _more = NewSource();
    private long _first;
    private long _next;
    private long _bytes;
    private long _oldest;
    private long _newest = -1;
    private ulong _digest;

    /// <summary>The last change set that this node applied.</summary>
    public long Newest
    {
        get
        {
            lock (_lock)
                return _newest;
        }
    }

    public void Begins(FabricState state)
    {
        lock (_lock)
        {
            // What lies between what was told and a state beyond it was never heard here.
            if (state.Flags.Revision > _newest)
                Begin(state.Flags.Revision);
            _digest = state.Digest;
        }
    }

    public void Replaying(FabricState state, ImmutableArray<string> changedKeys) => Applied(state, changedKeys);

    public void Applied(FabricState state, ImmutableArray<string> changedKeys)
    {
        lock (_lock)
            Add(state, changedKeys);
    }

    public void Replaced(FabricState state)
    {
        lock (_lock)
        {
            // After a replay it is the state that the replay ended with, which the digest of all entries tells.
            if (_newest < 0 || _digest != state.Digest)
                Begin(state.Flags.Revision);
            _digest = state.Digest;
            Wake();
        }
    }

    /// <summary>The next events after a revision, at most <paramref name="most"/>.</summary>
    public Found After(long revision, int most)
    {
        lock (_lock)
        {
            if (revision < _oldest)
                return new Found([], _oldest, true, _more.Task);
            var from = FirstAfter(revision);
            var events = new PastEvent[Math.Min(most, _next - from)];
            for (var i = 0; i < events.Length; i++)
                events[i] = At(from + i);
            return new Found(events, _oldest, false, _more.Task);
        }
    }

    private void Begin(long revision)
    {
        Array.Clear(_slots);
        (_first, _next, _bytes) = (0, 0, 0);
        (_oldest, _newest) = (revision, revision);
    }

    private void Add(FabricState state, ImmutableArray<string> changedKeys)
    {
        _digest = state.Digest;
        if (changedKeys.IsDefaultOrEmpty || state.Flags.Revision <= _newest)
            return;
#if FABRIC_PLANTS
        if (Fabric.Flags.Plant.Is("event-missing") && (state.Flags.Revision + Environment.ProcessId) % 20 == 0)
            return;
#endif
        var added = new PastEvent(state.History.Set(state.Flags.Revision));
        while (_next > _first && (_next - _first == bound || _bytes + added.Bytes > boundBytes))
            DropFirst();
        _slots[_next++ % bound] = added;
        _bytes += added.Bytes;
        _newest = added.Revision;
        Wake();
    }

    private void DropFirst()
    {
        var dropped = At(_first);
        _slots[_first++ % bound] = null!;
        _bytes -= dropped.Bytes;
        _oldest = dropped.Revision;
    }

    private long FirstAfter(long revision)
    {
        var (low, high) = (_first, _next);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (At(middle).Revision <= revision)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private PastEvent At(long number) => _slots[number % bound];

    private void Wake()
    {
        _more.TrySetResult();
        _more = NewSource();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
