using Fabric.Flags.Compilation;

namespace Fabric.Flags.Tests.Compilation;

public sealed class CompilerTests
{
    /// <summary>A rule, and its program: variant 0 is on, variant 1 off.</summary>
    public static TheoryData<string, string[]> Shapes => new()
    {
        { """{"if":["on"]}""", ["0 give 0"] },
        { """{"if":[{"==":[{"var":"plan"},"pro"]},"on","off"]}""", ["0 plan == \"pro\" ? 1 : 2", "1 give 0", "2 give 1"] },
        { """{"if":[{"var":"a"},"on",{"var":"b"},"off"]}""", ["0 true a ? 1 : 2", "1 give 0", "2 true b ? 3 : 4", "3 give 1", "4 pass"] },
        { """{"if":[{"!":[{"var":"a"}]},"on",{"!!":{"var":"b"}},"off"]}""", ["0 true a ? 2 : 1", "1 give 0", "2 true b ? 3 : 4", "3 give 1", "4 pass"] },
        { """{"if":[{"and":[{"var":"a"},{"or":[{"var":"b"},{"var":"c"}]}]},"on"]}""", ["0 true a ? 1 : 4", "1 true b ? 3 : 2", "2 true c ? 3 : 4", "3 give 0", "4 pass"] },

        // Operators as values: the argument that decides.
        { """{"and":[{"var":"a"},"on"]}""", ["0 true a ? 2 : 1", "1 select a", "2 give 0"] },
        { """{"or":[{"var":"a"},"on"]}""", ["0 true a ? 1 : 2", "1 select a", "2 give 0"] },
        { """{"var":["choice","on"]}""", ["0 absent choice ? 2 : 1", "1 select choice", "2 give 0"] },
        { """{"starts_with":[{"var":"a"},"x"]}""", ["0 a starts \"x\" ? 1 : 1 : 2", "1 fail", "2 pass"] },
        { """{"==":[{"var":"a"},1]}""", ["0 a == 1 ? 1 : 1", "1 fail"] },
        { """{"===":[{"var":"a"},1]}""", ["0 fail"] },
        { "1", [] },

        // An operand with branches: the comparison once for each.
        { """{"if":[{"==":[{"if":[{"var":"c"},1,{"var":"d"}]},{"var":"k"}]},"on"]}""", ["0 true c ? 1 : 2", "1 1 == k ? 3 : 4", "2 d == k ? 3 : 4", "3 give 0", "4 pass"] },
        { """{"if":[{"==":[{"in":[{"var":"a"},["x"]]},{"var":"b"}]},"on"]}""", ["0 a in [\"x\"] ? 2 : 1", "1 false == b ? 3 : 4", "2 true == b ? 3 : 4", "3 give 0", "4 pass"] },
        { """{"if":[{"<":[1,{"var":"age"},65]},"on","off"]}""", ["0 1 < age ? 1 : 3", "1 age < 65 ? 2 : 3", "2 give 0", "3 give 1"] },
        { """{"if":[{"missing":["a","b"]},"on","off"]}""", ["0 absent a ? 2 : 1", "1 absent b ? 2 : 3", "2 give 0", "3 give 1"] },
        { """{"if":[{"missing":[]},"on","off"]}""", ["0 give 1"] },

        // Lists.
        { """{"if":[{"in":[{"var":"id"},["a",2,2.0,2.5,"a",null,false,true]]},"on"]}""", ["0 id in [\"a\" 2 2.5 null false true] ? 1 : 2", "1 give 0", "2 pass"] },
        { """{"if":[{"in":[{"var":"id"},["a",{"var":"b"}]]},"on"]}""", ["0 id in [\"a\"] ? 2 : 1", "1 id === b ? 2 : 3", "2 give 0", "3 pass"] },
        { """{"if":[{"in":[{"var":"id"},[]]},"on"]}""", ["0 pass"] },
        { """{"if":[{"in":["a",{"var":"groups"}]},"on"]}""", ["0 \"a\" in groups ? 1 : 2", "1 give 0", "2 pass"] },
        { """{"if":[{"in":[{"var":"a"},"text"]},"on"]}""", ["0 a in \"text\" ? 1 : 2", "1 give 0", "2 pass"] },
        { """{"if":[{"in":[{"var":"a"},null]},"on"]}""", ["0 pass"] },
        { """{"if":[{"in":[{"var":"a"},5]},"on"]}""", ["0 fail"] },
        { """{"if":[{"in":[{"if":[{"var":"a"},"x","y"]},["x"]]},"on"]}""", ["0 true a ? 1 : 2", "1 give 0", "2 pass"] },

        // Numbers.
        { """{"if":[{">":[{"+":[{"*":[{"var":"a"},2]},{"-":[{"var":"b"}]}]},10]},"on"]}""",
            ["0 r0 = a * 2 -> 1", "1 r1 = 0 - b -> 2", "2 r0 = r0 + r1 -> 3", "3 r0 > 10 ? 4 : 5", "4 give 0", "5 pass"] },
        { """{"if":[{"==":[{"%":[{"var":"a"},{"+":[1,"2"]}]},0]},"on"]}""", ["0 r0 = a % 3 -> 1", "1 r0 == 0 ? 2 : 3", "2 give 0", "3 pass"] },
        { """{"if":[{"===":[{"/":[7,2]},3.5]},"on"]}""", ["0 r0 = 7 / 2 -> 1", "1 r0 === 3.5 ? 2 : 3", "2 give 0", "3 pass"] },

        // Versions.
        { """{"if":[{"sem_ver":[{"var":"v"},"^","1.2.3-rc.1+x"]},"on"]}""", ["0 v version ^ 1.2.3-rc.1 ? 1 : 2 : 2", "1 give 0", "2 pass"] },
        { """{"if":[{"sem_ver":["1.2.3",">",{"var":"v"}]},"on"]}""", ["0 \"1.2.3\" version > v ? 1 : 2 : 2", "1 give 0", "2 pass"] },
        { """{"if":[{"sem_ver":["1.2.3","<","1.10.0"]},"on"]}""", ["0 give 0"] },
        { """{"if":[{"sem_ver":[{"var":["v",2]},"=","2.0.0"]},"on"]}""", ["0 absent v ? 2 : 1", "1 v version = 2.0.0 ? 2 : 3 : 3", "2 give 0", "3 pass"] },

        // Shares.
        { """{"if":[{"var":"a"},"on",{"fractional":[["on",25],["off",75]]}]}""",
            ["0 true a ? 5 : 1", "1 hash \"f\" -> 2", "2 hash key ? 3 : 6", "3 bucket <25:5 <100:4", "4 give 1", "5 give 0", "6 pass"] },
        { """{"fractional":[{"var":"org"},["on"],["off",0],[null,2]]}""",
            ["0 hash \"\" -> 1", "1 hash string org ? 4 : 2 : 7", "2 hash \"f\" -> 3", "3 hash key ? 4 : 7", "4 bucket <1:6 <1:5 <3:7", "5 give 1", "6 give 0", "7 pass"] },
        { """{"fractional":[{"cat":["a-",{"cat":["b",{"var":"org"}]},1,true,null,{"var":"id"}]},["on"],["off"]]}""",
            ["0 hash \"a-b\" -> 1", "1 hash text org -> 2", "2 hash text \"1true\" -> 3", "3 hash text id -> 4", "4 bucket <1:6 <2:5", "5 give 1", "6 give 0"] },
        { """{"fractional":[{"if":[{"var":"a"},{"var":"org"},"fixed"]},["on"],["off"]]}""",
            ["0 true a ? 1 : 5", "1 hash \"\" -> 2", "2 hash string org ? 6 : 3 : 9", "3 hash \"f\" -> 4", "4 hash key ? 6 : 9", "5 hash \"fixed\" -> 6", "6 bucket <1:8 <2:7", "7 give 1", "8 give 0", "9 pass"] },
        { """{"fractional":[["on",{"var":"w"}],["off",{"-":[100,{"var":"w"}]}]]}""",
            ["0 r0 = 100 - w -> 1", "1 hash \"f\" -> 2", "2 hash key ? 3 : 6", "3 weigh w:5 r0:4 : 6", "4 give 1", "5 give 0", "6 pass"] },
        { """{"fractional":[["on",{"if":[{"var":"a"},0,-5]}],["off",{"if":[{"var":"a"},0,1]}]]}""",
            ["0 true a ? 6 : 1", "1 hash \"f\" -> 2", "2 hash key ? 3 : 6", "3 bucket <0:5 <1:4", "4 give 1", "5 give 0", "6 pass"] },

        // Of a fractional every argument is computed: what fails in a share that nobody falls into fails all the same.
        { """{"fractional":[["on",1],[{"if":[{"<":[{"var":"a"},3]},"on"]},3]]}""",
            ["0 a < 3 ? 1 : 1", "1 hash \"f\" -> 2", "2 hash key ? 3 : 6", "3 bucket <1:5 <4:4", "4 a < 3 ? 5 : 6", "5 give 0", "6 pass"] },

        // Facts of the flag, of the host and of the process.
        { """{"if":[{"===":[{"var":"$flagd.flagKey"},"f"]},"on"]}""", ["0 give 0"] },
        { """{"if":[{"===":[{"var":"host.name"},"node-b"]},"on","off"]}""", ["0 give 1"] },
        { """{"if":[{"in":[{"var":"host.labels.zone"},["eu","us"]]},"on"]}""", ["0 give 0"] },
        { """{"if":[{"var":["host.labels.gone","x"]},"on"]}""", ["0 give 0"] },
        { """{"if":[{"missing":["host.name","host.labels.gone"]},"on"]}""", ["0 give 0"] },
        { """{"if":[{"sem_ver":[{"var":"host.labels.version"},">=","1.3.0"]},"on"]}""", ["0 give 0"] },
        { """{"if":[{">":[{"var":"host.labels.size"},3]},"on"]}""", ["0 \"4\" > 3 ? 1 : 2", "1 give 0", "2 pass"] },
        { """{"if":[{"var":["$flagd.other",null]},"on",{"var":"host.other"},"on",{"var":"process.other"},"on"]}""", ["0 pass"] },
        { """{"if":[{"===":[{"var":"process.uid"},0]},"on",{">":[{"var":"$flagd.timestamp"},5]},"off"]}""",
            ["0 @ProcessUid === 0 ? 1 : 2", "1 give 0", "2 @Timestamp > 5 ? 3 : 4", "3 give 1", "4 pass"] },
        { """{"fractional":[{"cat":[{"var":"host.name"},{"var":"targetingKey"}]},["on"],["off"]]}""",
            ["0 hash \"\" -> 1", "1 hash text \"node-a\" -> 2", "2 hash text @TargetingKey -> 3", "3 bucket <1:5 <2:4", "4 give 1", "5 give 0"] },

        // What a constant rules out is left out, and what is the same is made once.
        { """{"if":[false,{"map":[1,2]},true,"on",{"nope":1}]}""".Replace("""{"nope":1}""", "null", StringComparison.Ordinal), ["0 give 0"] },
        { """{"if":[{"var":"a"},{"if":[{"var":"x"},"on","off"]},{"var":"b"},{"if":[{"var":"x"},"on","off"]}]}""",
            ["0 true a ? 2 : 1", "1 true b ? 2 : 5", "2 true x ? 3 : 4", "3 give 0", "4 give 1", "5 pass"] },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_rule_becomes_this_program(string targeting, string[] steps)
    {
        if (steps.Length == 0)
            Assert.NotEmpty(Rules.Parse(targeting).Problems);
        else
            Assert.Equal(steps, Rules.Compile(targeting));
    }

    [Fact]
    public void A_salt_stands_for_the_flags_key_where_that_is_hashed_and_nowhere_else()
    {
        var definition = Rules.Whole("""{"state":"ENABLED","variants":{"on":true},"salt":"s","targeting":{"if":[{"var":"a"},{"fractional":[["on"]]},{"var":"$flagd.flagKey"}]}}""");
        var text = ProgramText.Of(Compiler.Compile(definition, "f", Rules.Host).Program!);

        Assert.Contains("hash \"s\"", text, StringComparison.Ordinal);
        Assert.Contains("5 fail", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_step_knows_the_part_of_the_rule_that_it_comes_from()
    {
        var program = Compiler.Compile(Rules.Definition("""{"if":[{"==":[{"var":"plan"},"pro"]},"on",{"var":["c","off"]}]}"""), "f", Rules.Host).Program!;

        Assert.Equal(["0 plan == \"pro\" ? 1 : 2", "1 give 0", "2 absent c ? 4 : 3", "3 select c", "4 give 1"], ProgramText.Of(program).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("/targeting/if/0/==", program.Places[0]);
        Assert.Equal("/targeting/if/2/var", program.Places[2]);
    }

    [Fact]
    public void A_single_fractional_of_the_callers_key_needs_no_program()
    {
        Assert.NotNull(Rules.Definition("""{"fractional":[["on",1],[null,2]]}""").Rollout);
        Assert.NotNull(Rules.Definition("""{"fractional":[{"var":"targetingKey"},["on",1],["off"]]}""").Rollout);
        Assert.Null(Rules.Definition("""{"fractional":[{"var":"email"},["on",1]]}""").Rollout);
        Assert.Null(Rules.Definition("""{"fractional":[["on",{"var":"w"}]]}""").Rollout);
        Assert.Null(Rules.Definition("""{"fractional":[[{"var":"v"},1]]}""").Rollout);
    }

    [Fact]
    public void Only_a_rule_that_asks_for_the_host_depends_on_it()
    {
        Assert.True(Compiler.Compile(Rules.Definition("""{"if":[{"===":[{"var":"host.labels.zone"},"us"]},"on"]}"""), "f", Rules.Host).Program!.UsesHost);
        Assert.False(Compiler.Compile(Rules.Definition("""{"if":[{"===":[{"var":"zone"},"us"]},"on"]}"""), "f", Rules.Host).Program!.UsesHost);
    }
}
