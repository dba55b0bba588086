using System.Text.Json;
using Fabric.Chaos.Tests.Harness;

namespace Fabric.Examples.Tests;

/// <summary>The programs of examples/ that call the library, as an application's developer builds and runs them.</summary>
public sealed class ExamplesTests
{
    private const string Flag = "new-checkout-flow";

    [Fact]
    public async Task All_eight_languages_switch_while_they_run()
    {
        using var node = await OneNode.StartAsync();
        using var programs = Running.Start(Example.Demos, node.Table, Flag);
        Assert.Equal(8, programs.All.Count);
        await programs.AllSayAsync($"{Flag} off");

        await Flags.PutAsync(node.Process, Flag, on: true);
        await programs.AllSayAsync($"{Flag} on");
        await Flags.PutAsync(node.Process, Flag, on: false);
        await programs.AllSayAsync($"{Flag} off");

        Assert.All(programs.All, static program => Assert.Equal([$"{Flag} off", $"{Flag} on", $"{Flag} off"], program.Lines));
        Assert.All(programs.All, static program => Assert.True(program.Terminate() == 0, $"{program}"));
    }

    /// <summary>Each names its language and its interval in the context, and so gets a variant of its own; texts are any that there are.</summary>
    [Fact]
    public async Task All_eight_languages_ask_for_a_user_and_say_what_they_know_of_them()
    {
        const string user = "jürgen-😀";
        var longName = new string('é', 100);
        string[] on = [.. Example.Demos.Select(static example => example.Language), "nothing-known", longName];
        using var node = await OneNode.StartAsync();
        await Flags.PutAsync(node.Process, Flag, JsonSerializer.Serialize(new
        {
            state = "ENABLED",
            variants = on.Append("off").ToDictionary(static name => name, static name => name != "off"),
            defaultVariant = "off",
            targeting = Rule("if",
                Rule("===", Var("targetingKey"), "long"), longName,
                Rule("!==", Var("targetingKey"), user), "off",
                Rule("===", Var("interval"), RunningExample.IntervalMilliseconds), Var("language"),
                "nothing-known"),
        }));

        await ExpectAsync(node, user, static example => $"on, variant {example.Language}");
        await ExpectAsync(node, "long", _ => $"on, variant {longName}");
        await ExpectAsync(node, "somebody else", static _ => "off, variant off");
    }

    [Fact]
    public async Task Where_no_node_is_every_program_runs_with_its_default_and_follows_the_node_that_comes()
    {
        using var node = new OneNode();
        using var programs = Running.Start(Example.Demos, node.Table, Flag, "user-17");
        await programs.AllSayAsync($"{Flag} for user-17: off, variant -");
        Assert.All(programs.All, static program => Assert.True(program.Running, $"{program}"));

        await node.Process.StartAsync();
        await Flags.PutAsync(node.Process, Flag, on: true);
        await programs.AllSayAsync($"{Flag} for user-17: on, variant on");
    }

    private static async Task ExpectAsync(OneNode node, string user, Func<Example, string> answer)
    {
        using var programs = Running.Start(Example.Demos, node.Table, Flag, user);
        await programs.AllSayAsync(example => $"{Flag} for {user}: {answer(example)}");
        Assert.All(programs.All, static program => Assert.Contains($"{Flag} off", program.Lines));
    }

    private static Dictionary<string, object[]> Rule(string name, params object[] operands) => new() { [name] = operands };

    private static Dictionary<string, object[]> Var(string name) => Rule("var", name);
}
