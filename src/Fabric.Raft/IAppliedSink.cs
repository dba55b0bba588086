using System.Collections.Immutable;

namespace Fabric.Raft;

/// <summary>
/// Hears of every applied entry, in order, from the one thread that applies. It must return at once: what takes time
/// belongs behind a queue of its own.
/// </summary>
public interface IAppliedSink
{
    /// <summary>One entry was applied.</summary>
    /// <param name="state">The state after it.</param>
    /// <param name="changedKeys">The flags it put or deleted; empty where it changed nothing.</param>
    void Applied(FabricState state, ImmutableArray<string> changedKeys);

    /// <summary>
    /// A replay begins with this state: that of a snapshot, or none. A host that is given its vote while it runs begins a
    /// second time, perhaps with a state beyond all that was told.
    /// </summary>
    void Begins(FabricState state)
    {
        // Most listeners need what is, not how it came about.
    }

    /// <summary>One entry of the log was replayed at the start. What the replay ends with comes once more by <see cref="Replaced"/>.</summary>
    void Replaying(FabricState state, ImmutableArray<string> changedKeys)
    {
        // As above.
    }

    /// <summary>The whole state was replaced: the log was replayed at start, or a snapshot was installed.</summary>
    void Replaced(FabricState state);
}
