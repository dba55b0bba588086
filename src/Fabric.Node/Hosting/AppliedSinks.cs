using System.Collections.Immutable;
using Fabric.Raft;

namespace Fabric.Node.Hosting;

/// <summary>All that hears of applied entries, in this order.</summary>
internal sealed class AppliedSinks(params ImmutableArray<IAppliedSink> sinks) : IAppliedSink
{
    public void Applied(FabricState state, ImmutableArray<string> changedKeys)
    {
        foreach (var sink in sinks)
            sink.Applied(state, changedKeys);
    }

    public void Begins(FabricState state)
    {
        foreach (var sink in sinks)
            sink.Begins(state);
    }

    public void Replaying(FabricState state, ImmutableArray<string> changedKeys)
    {
        foreach (var sink in sinks)
            sink.Replaying(state, changedKeys);
    }

    public void Replaced(FabricState state)
    {
        foreach (var sink in sinks)
            sink.Replaced(state);
    }
}
