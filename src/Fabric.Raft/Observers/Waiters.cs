namespace Fabric.Raft.Observers;

/// <summary>Those that wait for a number to be reached, which only grows.</summary>
internal sealed class Waiters
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<TaskCompletionSource, long> waiting = new();
    private long reached;

    /// <summary>Completes when the number is reached.</summary>
    public async Task WaitAsync(long number, CancellationToken token)
    {
        var one = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (number <= reached)
                return;
            waiting.Enqueue(one, number);
        }

        try
        {
            await one.Task.WaitAsync(token);
        }
        finally
        {
            // Whoever gives up must not be kept until a number that may never be reached.
            lock (gate)
                waiting.Remove(one, out _, out _);
        }
    }

    public void Reach(long number)
    {
        lock (gate)
        {
            reached = Math.Max(reached, number);
            while (waiting.TryPeek(out var one, out var wanted) && wanted <= reached)
            {
                waiting.Dequeue();
                one.SetResult();
            }
        }
    }
}
