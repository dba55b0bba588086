using System.Diagnostics;
using System.Globalization;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests.Measurements;

/// <summary>Figures, not verdicts: run by hand, with <c>-explicit only -class</c> and this class's name.</summary>
[Collection("fabric")]
public sealed class WriteSpeed
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Writes_of_three_members()
    {
        var heartbeat = Environment.GetEnvironmentVariable("FABRIC_TEST_HEARTBEAT_MS");
        await using var fabric = new TestFabric(tune: options => heartbeat is null
            ? options
            : options with { HeartbeatInterval = TimeSpan.FromMilliseconds(int.Parse(heartbeat, CultureInfo.InvariantCulture)) })
        {
            Records = false,
        };
        await fabric.StartAllAsync();
        for (var i = 0; i < 3_000; i++)
            await fabric.DecideAsync(Sets.Put($"warm-{i % 10}"));

        var leader = await fabric.LeaderAsync();
        var term = leader.Status.Term;
        foreach (var writers in (int[])[1, 16, 64, 256])
        {
            var paused = GC.GetTotalPauseDuration();
            Say(writers, await RunAsync(leader, writers));
            Console.Out.WriteLine($"     collections paused it for {(GC.GetTotalPauseDuration() - paused).TotalMilliseconds:0} ms in all");
        }

        Console.Out.WriteLine($"terms passed {leader.Status.Term - term}, failures {fabric.Failures.Count}");
    }

    private static async Task<(double[] Milliseconds, int Lost)> RunAsync(RaftConsensus leader, int writers)
    {
        var lost = 0;
        var end = Stopwatch.GetTimestamp() + (long)(Span.TotalSeconds * Stopwatch.Frequency);
        var runs = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            var taken = new List<double>();
            while (Stopwatch.GetTimestamp() < end)
            {
                var begun = Stopwatch.GetTimestamp();
                if (await leader.ProposeAsync(Sets.Put($"flag-{writer}"), Token) is Proposal.Decided)
                    taken.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                else
                    Interlocked.Increment(ref lost);
            }

            return taken;
        }, Token)));
        return ([.. runs.SelectMany(static run => run).Order()], lost);
    }

    private static void Say(int writers, (double[] Milliseconds, int Lost) run) => Console.Out.WriteLine(
        $"{writers,4} writers: {run.Milliseconds.Length / Span.TotalSeconds,7:0}/s p50 {At(run.Milliseconds, 0.5):0.00} ms p99 {At(run.Milliseconds, 0.99):0.00} ms max {At(run.Milliseconds, 1):0.0} ms, not decided {run.Lost}");

    private static double At(double[] sorted, double quantile) => sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * quantile))];
}
