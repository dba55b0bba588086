using System.Collections.Concurrent;
using System.Diagnostics;
using Fabric.Bench.Report;

namespace Fabric.Bench.Running;

/// <summary>What a number of clients that write one after the other came to.</summary>
/// <param name="Milliseconds">Each write, from request to answer.</param>
/// <param name="PerSecond">Writes a second, over all clients.</param>
internal sealed record WriteLoad(Samples Milliseconds, double PerSecond)
{
    /// <summary>Lets clients write, each its next as soon as the last is answered.</summary>
    /// <param name="clients">Clients at once.</param>
    /// <param name="time">For how long.</param>
    /// <param name="write">Writes once; the argument counts over all clients.</param>
    internal static WriteLoad Run(int clients, TimeSpan time, Func<int, Task> write)
    {
        var taken = new ConcurrentBag<double>();
        var count = 0;
        var begun = Stopwatch.GetTimestamp();
        Task.WaitAll([.. Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(begun) < time)
            {
                var sent = Stopwatch.GetTimestamp();
                await write(Interlocked.Increment(ref count));
                taken.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
        }))]);
        return new WriteLoad(new Samples(taken), taken.Count / Stopwatch.GetElapsedTime(begun).TotalSeconds);
    }

    /// <summary>All writes of several rounds.</summary>
    internal static WriteLoad Of(IReadOnlyList<WriteLoad> rounds) => new(
        Samples.Of(rounds.Select(static round => round.Milliseconds)), new Samples(rounds.Select(static round => round.PerSecond)).Median);
}
