using System.Text.Json;
using Fabric.Flags.Compilation;
using Fabric.Flags.State;
using Fabric.Node.Evaluation;
using Jint;

namespace Fabric.Node.Tests.Evaluation;

public sealed class RuleEngineTests : IDisposable
{
    private static readonly HostFacts Host = new("host-a", new Dictionary<string, string> { ["zone"] = "eu", ["topology.rack"] = "r1" });
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    private readonly RuleEngine _engine = new();

    public void Dispose() => _engine.Dispose();

    /// <summary>Conditions, each of which is to hold for the caller below.</summary>
    public static TheoryData<string> Truths => new(
        """{"some":[{"var":"roles"},{"==":[{"var":""},"admin"]}]}""",
        """{"all":[{"var":"numbers"},{">":[{"var":""},0]}]}""",
        """{"none":[{"var":"numbers"},{">":[{"var":""},9]}]}""",
        """{"==":[{"reduce":[{"var":"numbers"},{"+":[{"var":"accumulator"},{"var":"current"}]},0]},6]}""",
        """{"in":[4,{"map":[{"var":"numbers"},{"*":[{"var":""},2]}]}]}""",
        """{"==":[{"max":[1,5,3]},5]}""",
        """{"==":[{"substr":["checkout",0,5]},"check"]}""",
        """{"in":["b",{"merge":[["a"],["b"]]}]}""",
        """{"==":[{"cat":["a",{"var":"nothing"},1]},"a1"]}""",
        """{"===":[{"cat":[{"var":"nothing"}]},""]}""",
        """{"===":[{"var":["nothing","otherwise"]},"otherwise"]}""",
        """{"===":[{"var":["absent","otherwise"]},"otherwise"]}""",
        """{"===":[{"var":"user.plan"},"pro"]}""",
        """{"===":[{"var":{"cat":["user",".","plan"]}},"pro"]}""",
        """{"!":[{"var":"toString"}]}""",
        """{"===":[{"var":["email.length","none"]},"none"]}""",
        """{"===":[{"var":["roles.length","none"]},"none"]}""",
        """{"===":[{"var":"roles.1"},"admin"]}""",
        """{"===":[{"reduce":[{"missing":["absent","nothing","user.plan"]},{"cat":[{"var":"accumulator"},{"var":"current"}]},""]},"absentnothing"]}""",
        """{"!":[{"missing_some":[1,["absent","user.plan"]]}]}""",
        """{"missing_some":[2,["absent","user.plan"]]}""",
        """{"some":[[1],{"===":[{"var":"../../email"},"ann@example.com"]}]}""",
        """{"===":[{"missing_some":[1,["absent","user"]]},{"var":"absent"}]}""".Replace("===", "!==", StringComparison.Ordinal),

        // Facts of the host and of the question, whatever the caller says of them.
        """{"===":[{"var":"targetingKey"},"u1"]}""",
        """{"===":[{"var":"$flagd.flagKey"},"flag"]}""",
        """{"===":[{"var":"$flagd.timestamp"},1800000000]}""",
        """{"===":[{"var":"host.name"},"host-a"]}""",
        """{"===":[{"var":"host.labels.zone"},"eu"]}""",
        """{"===":[{"var":"host.labels.topology.rack"},"r1"]}""",
        """{"===":[{"var":"host.labels.rack"},null]}""",
        """{"===":[{"var":["host.labels.rack","none"]},"none"]}""",
        """{"===":[{"var":"host.labels.toString"},null]}""",
        """{"===":[{"var":"host.colour"},"red"]}""",
        """{"===":[{"var":"process.exe"},null]}""",
        """{"===":[{"var":"process.colour"},"red"]}""",

        """{"starts_with":[{"var":"email"},"ann@"]}""",
        """{"ends_with":[{"var":"email"},"example.com"]}""",
        """{"===":[{"starts_with":[{"var":"nothing"},"a"]},null]}""",

        """{"sem_ver":["v1.2.3","=","1.2.3+build"]}""",
        """{"sem_ver":["1.2","=","1.2.0"]}""",
        """{"sem_ver":["1.0.0-alpha.2","<","1.0.0-alpha.10"]}""",
        """{"sem_ver":["1.0.0-alpha.beta",">","1.0.0-alpha.1"]}""",
        """{"sem_ver":["1.0.0",">","1.0.0-rc.1"]}""",
        """{"sem_ver":["1.9.0","^","1.0.0"]}""",
        """{"sem_ver":["1.9.5","~","1.9.0"]}""",
        """{"!":[{"sem_ver":["1.9.5","~","1.8.0"]}]}""",
        """{"===":[{"sem_ver":["2.0.0.0","=","2.0.0.0"]},null]}""",
        """{"===":[{"sem_ver":["1.0.0","?","1.0.0"]},null]}""",
        """{"===":[{"sem_ver":["9007199254740992.0.0",">","1.0.0"]},null]}""",

        """{"===":[{"fractional":["SI7p-",["low",1],["high",1]]},"low"]}""",
        """{"===":[{"fractional":["6LvT0",["low",1],["high",1]]},"high"]}""",
        """{"===":[{"fractional":["ceQdGm",["low",2147483646],["high"]]},"high"]}""",
        """{"===":[{"fractional":["6LvT0",["low",null],["high"]]},"high"]}""",
        """{"===":[{"fractional":["6LvT0",["low",-5],["high",1]]},"high"]}""",
        """{"===":[{"fractional":["6LvT0",["low",0.5],["high",1]]},null]}""",
        """{"===":[{"fractional":["6LvT0",["low",0],["high",0]]},null]}""",
        """{"===":[{"fractional":["6LvT0",["low",2147483647],["high",1]]},null]}""",
        """{"===":[{"fractional":[5,["low"],["high"]]},null]}""",
        """{"===":[{"fractional":[{"var":"roles"},["low"],["high"]]},null]}""",
        """{"===":[{"fractional":[{"var":"nothing"},["low"],["high"]]},{"fractional":[["low"],["high"]]}]}""",
        """{"===":[{"fractional":["6LvT0",["low"],[{"cat":["hi","gh"]}]]},"high"]}""");

    [Theory]
    [MemberData(nameof(Truths))]
    public void Holds(string condition) => Assert.Equal(("on", null), Run($$"""{"if":[{{condition}},"on","off"]}"""));

    [Fact]
    public void Fractional_without_a_value_hashes_the_key_or_the_salt_with_the_targeting_key()
    {
        const string rule = """{"fractional":[["a",1],["b",1],["c",1],["d",1]]}""";
        foreach (var (salt, seed) in new[] { (null, "flag"), ("pepper", "pepper") })
        {
            var expected = "abcd"[(int)(((ulong)Murmur3.Hash(seed + "u1") * 4) >> 32)];
            Assert.Equal(($"{expected}", null), Run(rule, salt: salt));
        }
    }

    [Fact]
    public void Fractional_without_a_targeting_key_decides_nothing()
    {
        foreach (var context in new[] { "{}", """{"targetingKey":""}""", $$"""{"targetingKey":"{{new string('k', 300)}}"}""" })
            Assert.Equal((null, null), Run("""{"fractional":[["on"],["off"]]}""", context));
    }

    [Theory]
    [InlineData("""{"==":["a",1]}""", "a value is no number")]
    [InlineData("""{"max":[{"var":"roles"}]}""", "Invalid Arguments")]
    [InlineData("""{"no_such_operator":[1]}""", "Unknown Operator")]
    [InlineData("""{"constructor":[1]}""", "Unknown Operator")]
    public void A_rule_that_throws_fails_and_says_why(string rule, string reason)
    {
        var (variant, failure) = Run(rule);

        Assert.Null(variant);
        Assert.Contains(reason, failure, StringComparison.Ordinal);
        Assert.False(_engine.Broken);
        Assert.Equal(("on", null), Run("""{"cat":["o","n"]}"""));
    }

    [Theory]
    [InlineData("""{"+":[1,2]}""")]
    [InlineData("""{"map":[[1],{"var":""}]}""")]
    [InlineData("""{"var":""}""")]
    public void A_number_a_list_or_an_object_names_no_variant(string rule) =>
        Assert.Equal((null, "targeting gives what names no variant"), Run(rule));

    [Theory]
    [InlineData("""{"==":[1,1]}""", "true")]
    [InlineData("""{"var":"absent"}""", null)]
    public void Booleans_name_variants_and_null_decides_nothing(string rule, string? variant) =>
        Assert.Equal((variant, null), Run(rule));

    [Fact]
    public void A_rule_that_needs_too_much_is_stopped()
    {
        var list = "[" + string.Join(',', Enumerable.Repeat("1", 400)) + "]";
        var (variant, failure) = Run($$"""{"map":[{"var":"l"},{"map":[{"var":"../../../l"},{"map":[{{list}},1]}]}]}""", $$"""{"l":{{list}}}""");
        var endless = Run($$"""{"all":[{"var":"l"},{"all":[{{list}},{"all":[{{list}},true]}]}]}""", $$"""{"l":{{list}}}""");

        Assert.Null(variant);
        Assert.NotNull(failure);
        Assert.Contains("was stopped", endless.Failure, StringComparison.Ordinal);
        Assert.True(_engine.Broken);
    }

    [Fact]
    public void The_deepest_rule_that_a_definition_can_hold_is_evaluated()
    {
        var rule = """{"==":[{"var":""},1]}""";
        for (var level = 0; level < 13; level++)
            rule = $$"""{"some":[[1],{{rule}}]}""";
        rule = $$"""{"if":[{{rule}},"on","off"]}""";
        HttpOnlyFlags.Rule(rule);

        Assert.Equal(("on", null), Run(rule));
    }

    [Fact]
    public void Time_is_bounded_behind_the_count_of_statements()
    {
        using var engine = new Engine(options => options.Constraint(new RuleDeadline { Asleep = false }));

        Assert.Throws<TimeoutException>(() => engine.Execute("for (;;) {}"));
    }

    [Fact]
    public void Memory_is_bounded()
    {
        var text = new string('x', 60_000);
        var (_, failure) = Run("""{"reduce":[{"var":"l"},{"cat":[{"var":"accumulator"},{"var":"accumulator"}]},{"var":"t"}]}""",
            $$"""{"t":"{{text}}","l":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30]}""");

        Assert.NotNull(failure);
    }

    private (string? Variant, string? Failure) Run(string rule, string context = Context, string? salt = null)
    {
        var (caller, problem) = ContextReader.Read(JsonDocument.Parse(context).RootElement);
        Assert.Null(problem);
        return _engine.Run(new Flag("flag", rule.GetHashCode(StringComparison.Ordinal), HttpOnlyFlags.Unchecked(rule, salt)), caller!, Host, Now);
    }

    private const string Context =
        """
        {"targetingKey":"u1","email":"ann@example.com","roles":["user","admin"],"numbers":[1,2,3],"nothing":null,
         "user":{"plan":"pro"},"$flagd":{"flagKey":"other"},"host":{"name":"mine","colour":"red"},"process":{"exe":"/mine","colour":"red"}}
        """;
}
