using System.Buffers;
using Fabric.Raft.Commands;
using Fabric.Raft.Observers;
using Fabric.Raft.Snapshots;

namespace Fabric.Raft.StateMachine;

internal sealed partial class FabricStateMachine
{
    // The snapshot that is being written is the first of a state that was made anew: those before it must not be gone by any more.
    private bool rebuilt;

    /// <summary>
    /// Takes another member's state in the place of this one's, and applies to it what this member's own log has since. Used
    /// where this state is known to be wrong.
    /// </summary>
    /// <param name="good">The other's state, at an index that this member has reached.</param>
    /// <returns>Null when it is done; otherwise why it was not, and nothing was changed.</returns>
    public string? Rebuild(MachineState good)
    {
        lock (applying)
        {
            if (good.Fabric.Identity is null || good.Fabric.Identity != State.Fabric.Identity)
                return $"it is of fabric {good.Fabric.Identity?.Id}, and this member belongs to {State.Fabric.Identity?.Id}";
            if (good.Fabric.AppliedIndex > State.Fabric.AppliedIndex)
                return $"it is at {good.Fabric.AppliedIndex}, and this member at {State.Fabric.AppliedIndex}";
            if (feed.After(good.Fabric.AppliedIndex) is not { } since)
                return $"it is at {good.Fabric.AppliedIndex}, and what this member applied since is no longer kept";
            foreach (var entry in since)
                good = Apply(good, entry);
            Adopt(good);
            return null;
        }
    }

    private static MachineState Apply(MachineState to, FeedEntry entry)
    {
        var bytes = new ReadOnlySequence<byte>(entry.Bytes);
        return CommandCodec.Decode(bytes) is Decoded.Entry decoded
            ? Applier.Apply(to, entry.Index, entry.Term, decoded.Command, bytes).Next
            : throw new InvalidOperationException($"Entry {entry.Index} was applied once and cannot be decoded now.");
    }

    private void Adopt(MachineState good)
    {
        lock (gate)
        {
            Volatile.Write(ref state, good);
            Tell(() => sink!.Replaced(good.Fabric));
        }

        feed.BeginAnew(PositionOf(good));
        // One of the wrong state may be on its way; the right one is behind it, and is what is loaded.
        var before = writing ?? Task.FromResult<SnapshotFile>(null!);
        writing = before.ContinueWith(_ => store.Write(good), TaskScheduler.Default);
        rebuilt = true;
        snapshotDue = good.Fabric.AppliedIndex + policy.Entries;
        bytesSinceSnapshot = 0;
    }
}
