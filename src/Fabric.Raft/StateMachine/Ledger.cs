using System.Collections.Immutable;
using Fabric.Flags.Changes;

namespace Fabric.Raft.StateMachine;

/// <summary>An operation and what came of it the first time.</summary>
internal sealed record Remembered(Guid OperationId, ChangeOutcome Outcome);

/// <summary>
/// The last operations with their outcomes, so that a repeated one is answered and not applied again. Immutable; part of
/// what the log determines, hence of every snapshot.
/// </summary>
internal sealed class Ledger
{
    private readonly ImmutableDictionary<Guid, ChangeOutcome> outcomes;
    private readonly ImmutableQueue<Guid> order;

    private Ledger(int capacity, ImmutableDictionary<Guid, ChangeOutcome> outcomes, ImmutableQueue<Guid> order)
    {
        Capacity = capacity;
        this.outcomes = outcomes;
        this.order = order;
    }

    /// <summary>Operations it remembers; the oldest makes room.</summary>
    public int Capacity { get; }

    public int Count => outcomes.Count;

    /// <summary>Oldest first.</summary>
    public IEnumerable<Remembered> Operations => order.Select(id => new Remembered(id, outcomes[id]));

    public static Ledger Empty(int capacity) => new(capacity, ImmutableDictionary<Guid, ChangeOutcome>.Empty, []);

    /// <summary>A ledger read back from a snapshot, oldest operation first.</summary>
    public static Ledger Restore(int capacity, IEnumerable<Remembered> operations)
    {
        var ledger = Empty(capacity);
        foreach (var operation in operations)
            ledger = ledger.Add(operation.OperationId, operation.Outcome);
        return ledger;
    }

    public ChangeOutcome? Find(Guid operationId) => outcomes.GetValueOrDefault(operationId);

    public Ledger Add(Guid operationId, ChangeOutcome outcome)
    {
        var (rest, queue) = (outcomes, order);
        while (rest.Count >= Capacity)
        {
            queue = queue.Dequeue(out var oldest);
            rest = rest.Remove(oldest);
        }

        return new Ledger(Capacity, rest.Add(operationId, outcome), queue.Enqueue(operationId));
    }

    public Ledger WithCapacity(int capacity) => Restore(capacity, Operations);
}
