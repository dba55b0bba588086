using System.Collections.Immutable;

namespace Fabric.Raft.Tests.Harness;

/// <summary>Remembers what it heard: a replacement has no changed keys.</summary>
internal sealed class RecordingSink : IAppliedSink
{
    private readonly Lock gate = new();
    private ImmutableList<(FabricState State, ImmutableArray<string>? Changed)> heard = [];

    public ImmutableList<(FabricState State, ImmutableArray<string>? Changed)> Heard
    {
        get
        {
            lock (gate)
                return heard;
        }
    }

    public void Applied(FabricState state, ImmutableArray<string> changedKeys) => Add(state, changedKeys);

    /// <summary>What a replay passed by, the state that it began with included.</summary>
    public List<(FabricState State, ImmutableArray<string> Changed)> Replayed { get; } = [];

    public void Begins(FabricState state) => Replayed.Add((state, []));

    public void Replaying(FabricState state, ImmutableArray<string> changedKeys) => Replayed.Add((state, changedKeys));

    public void Replaced(FabricState state) => Add(state, null);

    private void Add(FabricState state, ImmutableArray<string>? changed)
    {
        lock (gate)
            heard = heard.Add((state, changed));
    }
}
