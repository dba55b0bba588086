using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Fabric.Chaos.Tests.Harness;

namespace Fabric.Examples.Tests;

/// <summary>The programs of examples/ that have a function of their own.</summary>
public sealed class OverrideTests
{
    private const string Flag = "new-checkout-flow";

    /// <summary>Where the kernel refuses to override, it is the only thing that stands against it: the functions are found.</summary>
    [Fact]
    public async Task Functions_of_programs_without_the_library_say_their_own_default_until_they_are_attached_to()
    {
        using var node = await OneNode.StartAsync();
        await Flags.PutAsync(node.Process, Flag, on: true);
        using var programs = Running.Start(Example.Overrides.Select(static one => one.Example), node.Table, Flag);
        await programs.AllSayAsync($"{Flag} off");

        var door = (await node.Process.StatusAsync(TestContext.Current.CancellationToken)).GetProperty("override");
        var supported = door.GetProperty("supported").GetBoolean();
        foreach (var (example, symbol) in Example.Overrides)
        {
            var host = await AttachAsync(node.Process, example.Command[0], symbol, TestContext.Current.CancellationToken);
            Assert.Equal(supported ? "attached" : "refused", host.GetProperty("state").GetString());
            if (supported)
                Assert.Equal(example.Abi, host.GetProperty("files")[0].GetProperty("abi").GetString());
            else
                Assert.Equal(door.GetProperty("reason").GetString(), host.GetProperty("reason").GetString());
        }

        await programs.AllSayAsync(supported ? $"{Flag} on" : $"{Flag} off");
        Assert.All(programs.All, static program => Assert.True(program.Terminate() == 0, $"{program}"));
    }

    /// <summary>A compiler that sees that a function ignores its argument leaves it out of the call, and a probe would read what is there by chance.</summary>
    [Fact]
    public async Task Functions_of_programs_without_the_library_are_given_the_flags_key()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "probing needs root");
        foreach (var (example, symbol) in Example.Overrides)
        {
            var flag = $"key-of-{example.Language}";
            using var program = RunningExample.Start(example, "/nowhere", flag);
            var start = new ProcessStartInfo(Dist.Native("heard"), [Dist.Native("heard.bpf.o"), example.Command[0], symbol, example.Abi])
            {
                RedirectStandardOutput = true,
            };
            using var heard = Process.Start(start)!;
            Assert.Equal(flag, (await heard.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim());
        }
    }

    /// <summary>What became of it on the node's own host.</summary>
    private static async Task<JsonElement> AttachAsync(NodeProcess node, string exe, string symbol, CancellationToken token)
    {
        using var answer = await Client.Http.PostAsJsonAsync(
            new Uri(node.Http, "/api/v1/attachments"), new { exe, symbol, abi = "auto", signature = "flag" }, token);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(token)).GetProperty("hosts")[0];
    }
}
