using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Fabric.Flags.Compilation;

namespace Fabric.Flags.Tests.Compilation;

[SuppressMessage("Reliability", "CA5394", Justification = "A seeded sequence is what makes a failure repeatable.")]
public sealed class HttpOnlyTests
{
    [Theory]
    [InlineData("""{"map":[{"var":"a"},{"var":""}]}""", "/targeting/map: \"map\" is evaluated over HTTP only")]
    [InlineData("""{"if":[{"some":[{"var":"a"},{"var":""}]},"on"]}""", "/targeting/if/0/some: \"some\" is")]
    [InlineData("""{"if":[{"missing_some":[1,["a"]]},"on"]}""", "/targeting/if/0/missing_some: ")]
    [InlineData("""{"if":[{"==":[{"missing":["a"]},1]},"on"]}""", "/targeting/if/0/==/0/missing: \"missing\" as a value")]
    [InlineData("""{"if":[{"==":[[1],1]},"on"]}""", "/targeting/if/0/==/0: a list as a value")]
    [InlineData("""{"if":[[1],"on"]}""", "/targeting/if/0: a list as a value")]
    [InlineData("""{"if":[{"==":[{"cat":["a",{"var":"b"}]},"ab"]},"on"]}""", "/targeting/if/0/==/0/cat: \"cat\" is evaluated over HTTP only")]
    [InlineData("""{"fractional":[["on",{"cat":["1",{"var":"b"}]}]]}""", "/targeting/fractional/0/1/cat: \"cat\" is")]
    [InlineData("""{"if":[{"+":[{"var":"a"},1.5]},"on"]}""", "/targeting/if/0/+: a calculation with 1.5")]
    [InlineData("""{"if":[{"*":[{"var":"a"},"x"]},"on"]}""", "/targeting/if/0/*: a calculation with \"x\"")]
    [InlineData("""{"if":[{"var":{"cat":["a","b"]}},"on"]}""", "/targeting/if/0/var: a \"var\" with a computed name")]
    [InlineData("""{"if":[{"var":""},"on"]}""", "/targeting/if/0/var: a \"var\" of the whole context")]
    [InlineData("""{"if":[{"var":[]},"on"]}""", "/targeting/if/0/var: a \"var\" of the whole context")]
    [InlineData("""{"if":[{"var":"a\\.b"},"on"]}""", "/targeting/if/0/var: a fact's name with a backslash")]
    [InlineData("""{"if":[{"var":"host"},"on"]}""", "/targeting/if/0/var: \"host\" as a whole")]
    [InlineData("""{"if":[{"===":[{"var":"a"},"x\u0000"]},"on"]}""", "/targeting/if/0/===/1: a string with the character U+0000")]
    [InlineData("""{"if":[{"in":[{"var":"a"},["x\u0000"]]},"on"]}""", "/targeting/if/0/in/1/0: a string with the character U+0000")]
    public void What_has_no_program_says_why_and_where(string targeting, string because)
    {
        var definition = Rules.Definition(targeting);

        Assert.StartsWith(because, definition.HttpOnlyBecause, StringComparison.Ordinal);
        Assert.Equal(["http"], definition.EvaluableIn);
        Assert.Equal((null, definition.HttpOnlyBecause), (Compiler.Compile(definition, "f", Rules.Host).Program, Compiler.Compile(definition, "f", Rules.Host).HttpOnlyBecause));
    }

    [Fact]
    public void A_variant_that_no_C_program_can_be_given_is_for_HTTP()
    {
        Assert.NotNull(Rules.Whole("""{"state":"ENABLED","variants":{"a":"x\u0000y"}}""").HttpOnlyBecause);
        Assert.NotNull(Rules.Whole("""{"state":"ENABLED","variants":{"a\u0000":true}}""").HttpOnlyBecause);
        Assert.Null(Rules.Whole("""{"state":"ENABLED","variants":{"a":"x\\u0000y"}}""").HttpOnlyBecause);
    }

    [Fact]
    public void A_thousand_steps_are_enough_and_more_are_for_HTTP()
    {
        Assert.Null(Because(Chain(510)));
        Assert.Contains("steps", Because(Chain(1100)), StringComparison.Ordinal);
    }

    [Fact]
    public void Ways_that_multiply_are_given_up_in_time()
    {
        // Each operand doubles the ways, so that there are 2^20 of them.
        var operand = """{"if":[{"var":"a"},1,{"var":"b"}]}""";
        var sum = $$"""{"+":[{{string.Join(',', Enumerable.Repeat(operand, 20))}}]}""";

        Assert.Contains("more than 1024 steps", Because($$"""{"if":[{"==":[{{sum}},1]},"on"]}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void As_many_values_in_a_row_as_a_definition_can_hold_do_not_exhaust_the_stack()
    {
        var facts = string.Join(',', Enumerable.Range(0, 3_000).Select(static i => $$"""{"var":"a{{i % 10}}"}"""));

        Assert.NotNull(Because($$"""{"if":[{"==":[{"+":[{{facts}}]},1]},"on"]}"""));
        Assert.NotNull(Because($$"""{"fractional":[{"cat":[{{facts}}]},["on"],["off"]]}"""));
        Assert.Null(Because($$"""{"if":[{"==":[{"+":[{{string.Join(',', Enumerable.Repeat("1", 20_000))}}]},1]},"on"]}"""));
    }

    [Fact]
    public void Facts_constants_names_and_registers_have_their_limits()
    {
        string Facts(int count) => $$"""{"if":[{"and":[{{string.Join(',', Enumerable.Range(0, count).Select(static i => $$"""{"var":"a{{i}}"}"""))}}]},"on"]}""";
        string Named(int length) => $$$"""{"if":[{"var":"{{{new string('n', length)}}}"},"on"]}""";
        string Nested(int depth) => depth == 0 ? """{"var":"a"}""" : $$"""{"+":[{"*":[{"var":"b"},2]},{{Nested(depth - 1)}}]}""";

        Assert.Null(Because(Facts(64)));
        Assert.StartsWith("/targeting: it looks at 65 facts", Because(Facts(65)), StringComparison.Ordinal);
        Assert.Null(Because(Named(255)));
        Assert.Contains("255 bytes", Because(Named(256)), StringComparison.Ordinal);
        Assert.Null(Because($$"""{"if":[{"==":[{{Nested(8)}},1]},"on"]}"""));
        Assert.Contains("8 calculated values", Because($$"""{"if":[{"==":[{{Nested(9)}},1]},"on"]}"""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_may_be_long_but_not_longer_than_a_block()
    {
        Assert.Null(Because(List(Enumerable.Range(0, 4_000).Select(static i => $"\"{i:d6}\""))));
        Assert.Contains("bytes", Because(List(Enumerable.Range(0, 9_500).Select(static i => $"{i}"))), StringComparison.Ordinal);

        static string List(IEnumerable<string> ids) => $$"""{"if":[{"in":[{"var":"id"},[{{string.Join(',', ids)}}]]},"on"]}""";
    }

    /// <summary>
    /// Rules that nobody would write: whatever has a program leads only forward, stays within its bounds, and is never
    /// larger on a host than it was judged to be.
    /// </summary>
    [Fact]
    public void Any_rule_has_a_sound_program_or_none_on_every_host()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var compiled = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var targeting = new RandomRule(random).Next();
            var (definition, problems) = Rules.Parse(targeting);
            Assert.True(definition is not null, $"seed {seed}: {targeting}: {string.Join("; ", problems)}");
            if (definition.HttpOnlyBecause is not null || definition.Rollout is not null)
                continue;
            compiled++;
            var judged = new ExpressionCompiler(definition, null, null).Run().Program!;
            foreach (var host in new[] { Rules.Host, new HostFacts(new string('h', 63), [new("zone", new string('z', 255))]) })
            {
                var program = Compiler.Compile(definition, "f", host).Program;
                Assert.True(program is not null, $"seed {seed}: {targeting}");
                Assert.True(IsSound(program) && program.Steps.Length <= judged.Steps.Length && program.UsesHost == judged.UsesHost, $"seed {seed}: {targeting}\n{ProgramText.Of(program)}\n{ProgramText.Of(judged)}");
                Assert.True(BlockSize.AtMost(definition, program) <= BlockSize.AtMost(definition, judged), $"seed {seed}: {targeting}");
            }
        }

        Assert.True(compiled > 2_000, $"only {compiled} of the rules had a program");
    }

    private static bool IsSound(DecisionProgram program) => program.Steps.Select((step, i) => Ends(program, step).All(next => next > i && next < program.Steps.Length)).All(static good => good)
        && program.Facts.All(static fact => fact.Source != FactSource.Later)
        && program.Places.Length == program.Steps.Length;

    private static ImmutableArray<int> Ends(DecisionProgram program, ProgramStep step) => step.Op switch
    {
        StepOp.Give or StepOp.Pass or StepOp.Fail or StepOp.Select => [],
        StepOp.Calculate or StepOp.HashBegin or StepOp.HashText => [step.Yes],
        StepOp.StartsWith or StepOp.EndsWith or StepOp.Version or StepOp.HashString => [step.Yes, step.No, step.Neither],
        StepOp.Bucket => program.Buckets[step.Extra].Steps,
        StepOp.Weigh => [step.No, .. program.Weights[step.Extra].Steps],
        _ => [step.Yes, step.No],
    };

    private static string Chain(int conditions) =>
        $$"""{"if":[{{string.Join(',', Enumerable.Range(0, conditions).Select(static i => $$"""{"===":[{"var":"a"},{{i}}]},{"var":"b{{i % 60}}"}"""))}}]}""";

    private static string? Because(string targeting) => Rules.Definition(targeting).HttpOnlyBecause;
}
