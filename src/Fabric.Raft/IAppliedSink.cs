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
    /// The log is replayed at the start: called with the state that the replay begins with, then after each entry. What
    /// it ends with comes once more by <see cref="Replaced"/>.
    /// </summary>
    void Replaying(FabricState state, ImmutableArray<string> changedKeys)
    {
        // Most listeners need what is, not how it came about.
    }

    /// <summary>The whole state was replaced: the log was replayed at start, or a snapshot was installed.</summary>
    void Replaced(FabricState state);
}
