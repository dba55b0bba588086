using System.Diagnostics;
using System.Globalization;
using Fabric.Chaos.Tests.Harness;

namespace Fabric.Chaos.Tests;

/// <summary>A change that every host has before it is due.</summary>
public sealed class ActivationTests
{
    /// <summary>
    /// Each program says between which two moments of its calls the flag has turned. That none turned before the time, and
    /// none later, holds on the busiest machine; how far apart the moments were is printed.
    /// </summary>
    [Fact]
    public async Task A_flag_turns_at_its_time_in_the_programs_of_all_three_nodes()
    {
        const int Rounds = 10;
        using var fleet = await Fleet.StartAsync();
        var apart = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var name = $"turn-{round}";
            var at = DateTimeOffset.UtcNow.AddSeconds(2);
            await Flags.PutAsync(fleet.Nodes[round % 3], name,
                $$"""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on","offVariant":"off","activateAt":"{{at:yyyy-MM-ddTHH:mm:ss.ffffffZ}}"}""");
            await fleet.ConvergeAsync();
            Assert.True(DateTimeOffset.UtcNow < at, "the machine is so busy that the time came before the flag was everywhere");

            var due = (at.Ticks / 10 - DateTimeOffset.UnixEpoch.Ticks / 10) * 1000;
            var turns = await Task.WhenAll(fleet.Nodes.Select(node => TurnAsync(node.Table, name)));
            Assert.All(turns, turn => Assert.InRange(due, turn.LastOff, turn.FirstOn));
            apart.Add((turns.Max(static turn => turn.FirstOn) - turns.Min(static turn => turn.FirstOn)) / 1e6);
        }

        apart.Sort();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{Rounds} activations, the first answers of three nodes' programs were {apart[Rounds / 2]:F2} ms apart at the median, {apart[^1]:F2} ms at most");
    }

    private static async Task<(long LastOff, long FirstOn)> TurnAsync(string table, string flag)
    {
        // Ahead of all others for a processor, where that is allowed: how long a program waits for one is no matter of the flag.
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("chrt", ["--fifo", "1", Dist.Native("turn"), flag])
            : new ProcessStartInfo(Dist.Native("turn"), [flag]);
        start.RedirectStandardOutput = true;
        start.Environment["FABRIC_TABLE"] = table;
        using var program = Process.Start(start)!;
        var lines = (await program.StandardOutput.ReadToEndAsync()).Split('\n');
        await program.WaitForExitAsync();
        Assert.Equal(0, program.ExitCode);
        var moments = lines[1].Split(' ').Select(static part => long.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return (moments[0], moments[1]);
    }
}
