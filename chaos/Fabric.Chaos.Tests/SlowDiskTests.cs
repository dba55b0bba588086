using System.Diagnostics;
using System.Globalization;
using Fabric.Chaos.Tests.Harness;

namespace Fabric.Chaos.Tests;

/// <summary>A follower whose disk takes its time.</summary>
public sealed class SlowDiskTests
{
    private const int Rounds = 5;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(60);

    /// <summary>
    /// With one node dead, a write needs the slow one. If it was acknowledged before the slow disk had it, killing both
    /// at the moment of the answer loses it: the two that come back have never heard of it.
    /// </summary>
    [Fact]
    public async Task A_write_is_not_acknowledged_before_a_majority_has_it_on_disk()
    {
        using var fleet = await Fleet.StartAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var leader = await fleet.LeaderAsync();
            var (slow, dead) = (fleet.Nodes.First(node => node != leader), fleet.Nodes.Last(node => node != leader));
            await Flags.PutAsync(leader, $"before-{round}", true);
            await fleet.ConvergeAsync();
            slow.Kill();
            await slow.StartAsync(Strace());
            await fleet.ConvergeAsync();
            leader = await fleet.LeaderAsync();
            if (leader == slow)
            {
                // Only a follower's disk is in question here.
                slow.Kill();
                await slow.StartAsync();
                round--;
                continue;
            }

            dead = fleet.Nodes.Single(node => node != leader && node != slow);
            dead.Kill();
            var since = Stopwatch.StartNew();
            var revision = await Flags.PutAsync(leader, $"precious-{round}", true);
            var answered = since.Elapsed;
            slow.Kill();
            leader.Kill();

            await slow.StartAsync(wait: false);
            await dead.StartAsync(wait: false);
            await slow.WaitForReadyAsync();
            await dead.WaitForReadyAsync();
            foreach (var node in new[] { slow, dead })
            {
                await Eventually.Async($"round {round}: {node.Name} has what was acknowledged after {answered.TotalMilliseconds:F0} ms", async () =>
                    (await Flags.AllAsync(node)).GetValueOrDefault($"precious-{round}") == revision, seconds: 15);
            }

            Assert.True(answered >= Delay, $"acknowledged after {answered}, though the second disk takes at least {Delay}");
            await leader.StartAsync();
        }
    }

    [Fact]
    public async Task A_disk_that_takes_long_to_keep_a_record_gives_alarm_until_it_is_fast_again()
    {
        using var fleet = await Fleet.StartAsync();
        var slow = fleet.Nodes[2];
        slow.Kill();
        await slow.StartAsync(["strace", "-f", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:delay_enter=300000"]);
        await Eventually.Async("there is an alarm", async () => (await KindsAsync(slow)).Contains("disk-slow"));
        Assert.Contains("ALARM disk-slow", slow.Log, StringComparison.Ordinal);

        slow.Kill();
        await slow.StartAsync();
        await Eventually.Async("there is none any more", async () => !(await KindsAsync(slow)).Contains("disk-slow"));
    }

    private static async Task<string?[]> KindsAsync(NodeProcess node) =>
        [.. (await node.StatusAsync()).GetProperty("alarms").EnumerateArray().Select(static alarm => alarm.GetProperty("kind").GetString())];

    private static string[] Strace() =>
    [
        "strace", "-f", "-o", "/dev/null", "-e", "trace=msync,pwrite64,pwritev,pwritev2,fsync,fdatasync",
        "-e", $"inject=msync,pwrite64,pwritev,pwritev2,fsync,fdatasync:delay_enter={((long)Delay.TotalMicroseconds).ToString(CultureInfo.InvariantCulture)}",
    ];
}
