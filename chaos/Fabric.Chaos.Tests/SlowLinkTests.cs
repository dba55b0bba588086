using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Fabric.Chaos.Tests.Harness;

namespace Fabric.Chaos.Tests;

/// <summary>A host that needs the whole state, behind a link that takes its time for it.</summary>
public sealed class SlowLinkTests
{
    private const int Megabits = 10;
    private const int FlagsInAll = 10_000;
    private const int FlagsPerSet = 8;
    private const int ValueCharacters = 2_000;

    /// <summary>Many times what the bytes take, for a machine that does much else.</summary>
    private const int LongestSeconds = 300;

    private readonly ITestOutputHelper _output = TestContext.Current.TestOutputHelper!;

    /// <summary>The voter is replaced afterwards, and votes.</summary>
    [Fact]
    public async Task A_snapshot_of_ten_thousand_flags_reaches_a_wiped_voter_and_a_new_observer_over_ten_megabits_while_writes_go_on()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to make a network with a slow link");
        using var link = new SlowLink();
        using var fleet = Fleet.Prepare(name => name is "a" or "b" ? link.Near : link.Far,
            "--entries-per-snapshot", "2000", "--write-timeout", "12s");
        var wiped = fleet.Named("c");
        foreach (var node in fleet.Nodes)
            await node.StartAsync(node == wiped ? link.Wrapper : null, wait: false);
        foreach (var node in fleet.Nodes)
            await node.WaitForReadyAsync();
        await FillAsync(fleet);

        // Writers know the two that are near: a client's own way over the slow link is not in question.
        wiped.Kill();
        Directory.Delete(fleet.DataOf(wiped), recursive: true);
        fleet.Leave(wiped);
        await using var writers = new Writers(fleet, 1, "meanwhile", TimeSpan.FromMilliseconds(100));
        await GoesOnAsync(writers);
        link.Shape(Megabits);
        await InstallAsync("a wiped voter", wiped, fleet, link);
        await Cluster.AskAsync(fleet.Nodes[0], "replace", wiped.Name);
        await wiped.WaitForReadyAsync();
        await Cluster.VotesAsync(wiped);
        await GoesOnAsync(writers);

        var observer = fleet.Observer("observer", candidate: false, "a", "b");
        await InstallAsync("a new observer", observer, fleet, link);
        await observer.WaitForReadyAsync();
        await Cluster.AskAsync(fleet.Nodes[0], "join", observer.Name);
        await GoesOnAsync(writers);
        var acknowledged = await writers.StopAsync();

        link.Unshape();
        fleet.Enter(wiped);
        fleet.Enter(observer);
        await Cluster.HoldsAsync(fleet, acknowledged);
        foreach (var node in fleet.Nodes)
            Assert.Equal(FlagsInAll + acknowledged.Count, (await Flags.AllAsync(node)).Count);
        _output.WriteLine($"{acknowledged.Count} writes were acknowledged meanwhile, none missing on any of {fleet.Nodes.Count} hosts, digests equal");
    }

    private async Task InstallAsync(string what, NodeProcess node, Fleet fleet, SlowLink link)
    {
        var wanted = (await fleet.Nodes[0].StatusAsync()).GetProperty("appliedRevision").GetInt64();
        var (since, sent) = (Stopwatch.GetTimestamp(), link.Sent);
        await node.StartAsync(link.Wrapper, wait: false);
        await Eventually.Async($"{what} has revision {wanted}", async () =>
        {
            // Seldom, since the answers take the same way.
            await Task.Delay(250);
            return (await node.StatusAsync()).GetProperty("appliedRevision").GetInt64() >= wanted;
        }, LongestSeconds);
        var took = Stopwatch.GetElapsedTime(since).TotalSeconds;
        var mebibytes = (link.Sent - sent) / 1024.0 / 1024;
        Assert.True(mebibytes > FlagsInAll * ValueCharacters / 2 / 1024 / 1024, $"only {mebibytes:F1} MiB reached {what}: it was not given the whole state");
        _output.WriteLine($"{what} had all {FlagsInAll} flags {took:F1} s after it was started, by {mebibytes:F1} MiB over {Megabits} Mbit/s ({mebibytes * 8 * 1.048576 / Megabits:F1} s at least)");
    }

    /// <summary>Each set is sent until it is acknowledged: it may be sent twice and means the same.</summary>
    private static async Task FillAsync(Fleet fleet)
    {
        var sets = Enumerable.Range(0, FlagsInAll).Chunk(FlagsPerSet);
        await Parallel.ForEachAsync(sets, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (numbers, token) =>
        {
            var set = new { changes = numbers.Select(static number => new { put = new { key = $"flag-{number}", definition = Incompressible() } }).ToArray() };
            var near = fleet.Nodes[numbers[0] / FlagsPerSet % 2];
            await Eventually.Async($"the set of flag-{numbers[0]} is acknowledged", async () =>
            {
                using var answer = await Client.Http.PostAsJsonAsync(new Uri(near.Http, "/api/v1/changes"), set, token);
                return answer.IsSuccessStatusCode;
            }, LongestSeconds);
        });
    }

    /// <summary>A value that nothing can be squeezed out of, but for what hexadecimal digits waste.</summary>
    private static object Incompressible() => new
    {
        state = "ENABLED",
        variants = new { on = RandomNumberGenerator.GetHexString(ValueCharacters), off = "" },
        defaultVariant = "on",
    };

    private static async Task GoesOnAsync(Writers writers)
    {
        var before = writers.Acknowledged.Count;
        await Eventually.Async("writes go on", () => Task.FromResult(writers.Acknowledged.Count >= before + 10), LongestSeconds);
    }
}
