using Fabric.Flags.Changes;

namespace Fabric.Raft.StateMachine;

/// <summary>
/// Operations whose outcome somebody waits for, by operation id. Not by log index: when leadership is lost and another
/// leader's entry takes the index, the waiter must not get that entry's outcome; and when the entry commits under another
/// leader after all, it is still answered.
/// </summary>
internal sealed class PendingOperations
{
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Waiter> waiters = [];

    private sealed class Waiter
    {
        public TaskCompletionSource<ChangeOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Count { get; set; }
    }

    /// <summary>The outcome to be. Every call is matched by one of <see cref="Forget"/>.</summary>
    public Task<ChangeOutcome> Await(Guid operation)
    {
        lock (gate)
        {
            if (!waiters.TryGetValue(operation, out var waiter))
                waiters.Add(operation, waiter = new Waiter());
            waiter.Count++;
            return waiter.Outcome.Task;
        }
    }

    public void Forget(Guid operation)
    {
        lock (gate)
        {
            if (--waiters[operation].Count == 0)
                waiters.Remove(operation);
        }
    }

    public void Decide(Remembered operation)
    {
        lock (gate)
        {
            if (waiters.TryGetValue(operation.OperationId, out var waiter))
                waiter.Outcome.TrySetResult(operation.Outcome);
        }
    }
}
