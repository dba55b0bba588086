using System.Diagnostics;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests.Measurements;

/// <summary>Figures, not verdicts: run by hand, with <c>-explicit only -class</c> and this class's name.</summary>
[Collection("fabric")]
public sealed class Failover
{
    private const int Rounds = 14;

    [Fact(Explicit = true)]
    public async Task From_the_end_of_the_leader_to_the_next_write()
    {
        await using var fabric = new TestFabric { Records = false };
        await fabric.StartAllAsync();
        await fabric.DecideAsync(Sets.Put("warm"));
        var taken = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            await fabric.ConvergeAsync();
            var leader = (await fabric.LeaderAsync()).Status.Leader!;
            var gone = fabric.Nodes[leader];
            fabric.Nodes.Remove(leader);

            var begun = Stopwatch.GetTimestamp();
            var ending = Task.Run(() => gone.DisposeAsync().AsTask(), TestContext.Current.CancellationToken);
            await fabric.DecideAsync(Sets.Put("after"));
            taken.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);

            await ending;
            await fabric.StartAsync(leader);
        }

        taken.Sort();
        Console.Out.WriteLine($"failover of {Rounds}: min {taken[0]:0} median {taken[Rounds / 2]:0} max {taken[^1]:0} ms");
    }
}
