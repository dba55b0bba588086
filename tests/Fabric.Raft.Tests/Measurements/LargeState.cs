using System.Diagnostics;
using Fabric.Flags.Changes;
using Fabric.Raft.Tests.Harness;

namespace Fabric.Raft.Tests.Measurements;

/// <summary>Figures, not verdicts: how long a wiped member takes to get a large state, through Raft and put in place beforehand.</summary>
[Collection("fabric")]
public sealed class LargeState
{
    [Theory(Explicit = true)]
    [InlineData(2, 1)]
    [InlineData(8, 1)]
    [InlineData(30, 1)]
    [InlineData(30, 2)] // with it, as much history as is kept
    public async Task A_wiped_member_gets_it(int megabytes, int versions)
    {
        await using var fabric = new TestFabric(tune: static options => options with { EntriesKeptBehindSnapshot = 10, EntriesBehindForInstall = 0 }) { Records = false };
        await fabric.StartAllAsync();
        var note = new string('x', 1_900);
        for (var entry = 0; entry < megabytes * 17 * versions; entry++)
        {
            var place = entry % (megabytes * 17);
            var puts = Enumerable.Range(0, 30).Select(i => (Change)new Change.Put($"flag-{(place * 30) + i}", Sets.Definition(note)));
            await fabric.DecideAsync(new ChangeSet(Guid.NewGuid(), [.. puts]));
        }

        for (var i = 0; i < 20; i++)
            await fabric.DecideAsync(Sets.Put("small"));
        var state = await fabric.ConvergeAsync();
        foreach (var beforehand in (bool[])[true, false])
        {
            var name = fabric.Names.First(name => fabric.Nodes[name].Status.Role == MemberRole.Follower);
            await fabric.StopAsync(name);
            fabric.Wipe(name);
            var begun = Stopwatch.GetTimestamp();
            var node = fabric.Create(name);
            if (beforehand)
                await InstallAsync(await fabric.LeaderAsync(), node);
            await node.StartAsync(TestContext.Current.CancellationToken);
            try
            {
                await fabric.ConvergeAsync();
                Console.Out.WriteLine($"{state.Flags.DefinitionBytes / 1e6:0.0} MB and {state.History.Bytes / 1e6:0.0} MB of history, put in place beforehand {beforehand}: {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0} ms");
            }
            catch (TimeoutException)
            {
                Console.Out.WriteLine($"{state.Flags.DefinitionBytes / 1e6:0.0} MB and {state.History.Bytes / 1e6:0.0} MB of history, put in place beforehand {beforehand}: not within {Until.Deadline.TotalSeconds} s");
            }
        }
    }

    private static async Task InstallAsync(RaftConsensus from, RaftConsensus to)
    {
        using var stream = new MemoryStream();
        await from.WriteSnapshotAsync(stream, TestContext.Current.CancellationToken);
        stream.Position = 0;
        Console.Out.WriteLine($"{await to.InstallBeforeStartAsync(stream, TestContext.Current.CancellationToken)}");
    }
}
