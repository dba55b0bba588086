using System.Diagnostics;
using Fabric.Chaos.Tests.Harness;

namespace Fabric.Chaos.Tests;

/// <summary>Running programs, each on the table of another node.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task A_write_at_any_node_switches_running_programs_on_every_table()
    {
        using var fleet = await Fleet.StartAsync();
        await Flags.PutAsync(fleet.Nodes[0], "demo", false);
        var programs = fleet.Nodes.Select(static node => new Watcher(node.Table, "demo")).ToArray();
        for (var flip = 0; flip < 30; flip++)
        {
            var on = flip % 2 == 0;
            await Flags.PutAsync(fleet.Nodes[flip % 3], "demo", on);
            await Eventually.Async($"flip {flip} is seen by all programs", () => Task.FromResult(programs.All(program => program.Answer == on)));
        }

        foreach (var program in programs)
            program.Dispose();
    }

    [Fact]
    public async Task Programs_keep_their_answers_while_their_node_is_dead_and_after_it_is_back()
    {
        using var fleet = await Fleet.StartAsync();
        await Flags.PutAsync(fleet.Nodes[0], "demo", true);
        await fleet.ConvergeAsync();
        var node = fleet.Nodes[1];
        using var program = new Watcher(node.Table, "demo");
        await Eventually.Async("the program sees the flag", () => Task.FromResult(program.Answer == true));

        var changes = program.Changes;
        node.Kill();
        using (var started = new Watcher(node.Table, "demo"))
            await Eventually.Async("a program that starts meanwhile sees it too", () => Task.FromResult(started.Answer == true));
        await Flags.PutAsync(fleet.Nodes[0], "other", true);
        await node.StartAsync();
        await fleet.ConvergeAsync();
        Assert.Equal((true, changes), (program.Answer, program.Changes));

        await Flags.PutAsync(fleet.Nodes[2], "demo", false);
        await Eventually.Async("the program follows again", () => Task.FromResult(program.Answer == false));
    }

    /// <summary>A C program linked with libflagfabric that prints its answer whenever it changes.</summary>
    private sealed class Watcher : IDisposable
    {
        private readonly Process _process;

        internal Watcher(string table, string flag)
        {
            var start = new ProcessStartInfo(Dist.Native("watcher"), [flag]) { RedirectStandardOutput = true };
            start.Environment["FABRIC_TABLE"] = table;
            _process = Process.Start(start)!;
            _process.OutputDataReceived += (_, line) =>
            {
                if (line.Data is null)
                    return;
                Answer = line.Data == "on";
                Changes++;
            };
            _process.BeginOutputReadLine();
        }

        internal bool? Answer { get; private set; }

        internal int Changes { get; private set; }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
