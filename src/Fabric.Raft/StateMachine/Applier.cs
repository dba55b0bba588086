using System.Buffers;
using System.Collections.Immutable;
using Fabric.Flags.Changes;
using Fabric.Raft.Commands;

namespace Fabric.Raft.StateMachine;

/// <summary>The state machine proper: a function of the state and the entry, with nothing else in it.</summary>
internal static class Applier
{
    public static Application Apply(MachineState state, long index, long term, Command command, ReadOnlySequence<byte> bytes)
    {
        var digest = RollingDigest.Next(state.Fabric.Digest, index, bytes);
        var after = state with { Term = term, Fabric = state.Fabric with { AppliedIndex = index, Digest = digest } };
        return command switch
        {
            Command.Bootstrap bootstrap => new Application(Settle(after, bootstrap), [], null),
            Command.Change change => Change(after, index, change.Changes),
            _ => throw new InvalidOperationException($"No rule applies a {command.GetType().Name}."),
        };
    }

    private static MachineState Settle(MachineState state, Command.Bootstrap bootstrap) =>
        state.Fabric.Identity is not null
            ? state
            : state with
            {
                Fabric = state.Fabric with { Identity = bootstrap.Identity },
                Ledger = state.Ledger.WithCapacity(bootstrap.OperationsRemembered),
            };

    private static Application Change(MachineState state, long index, ChangeSet changes)
    {
#if FABRIC_PLANTS
        if (Fabric.Flags.Plant.Is("lost-idempotency"))
            state = state with { Ledger = Ledger.Empty(state.Ledger.Capacity) };
        if (Fabric.Flags.Plant.Is("half-applied") && changes.Changes.Length > 1)
            changes = changes with { Changes = changes.Changes[..1] };
        if (Fabric.Flags.Plant.Is("condition-by-presence"))
            changes = changes with { Changes = [.. changes.Changes.Select(one => one with { IfRevision = one.IfRevision > 0 ? state.Fabric.Flags.Flags.GetValueOrDefault(one.Key)?.Revision ?? 0 : one.IfRevision })] };
#endif
        if (state.Ledger.Find(changes.OperationId) is { } first)
            return new Application(state, [], new Remembered(changes.OperationId, first));

        var (fabric, outcome) = state.Fabric.Apply(index, changes);
        var next = state with { Fabric = fabric, Ledger = state.Ledger.Add(changes.OperationId, outcome) };
        ImmutableArray<string> changed = outcome is ChangeOutcome.Applied ? [.. changes.Changes.Select(static change => change.Key)] : [];
        return new Application(next, changed, new Remembered(changes.OperationId, outcome));
    }
}
