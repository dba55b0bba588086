using System.Numerics;
using System.Text.Json;
using Fabric.Language.Tests.Generator;

namespace Fabric.Language.Tests.Named;

/// <summary>Shares of callers.</summary>
public sealed class BucketTests(Evaluators evaluators) : IClassFixture<Evaluators>
{
    /// <summary>Keys that are divided; the table divides all, the others enough to see that they divide alike.</summary>
    private const int Keys = 1_000_000;

    private const int KeysOfOthers = 60_000;

    /// <summary>By how much a part of the keys may miss a weight's share.</summary>
    private const double Tolerance = 0.002;

    private static readonly JsonElement Nothing = JsonElement.Parse("{}");
    private static readonly int[][] Weightings = [[50, 50], [1, 99], [25, 25, 25, 25], [1, 2, 3, 994], [1, 0, 1, 0, 5], [1_000_000_000, 1_147_483_647]];

    public static TheoryData<string, uint, string> Edges()
    {
        var all = new TheoryData<string, uint, string>();
        foreach (var name in Evaluators.Names)
        {
            // Keys whose hashes lie at the edges of what 32 bits hold.
            foreach (var (key, hash) in ((string, uint)[])[("ejOoVL", 0), ("bY9fO-", 1), ("SI7p-", 0x7fffffff), ("6LvT0", 0x80000000), ("ceQdGm", 0xffffffff)])
                all.Add(key, hash, name);
        }

        return all;
    }

    public static TheoryData<string> Each() => [.. Evaluators.Names];

    [Theory]
    [MemberData(nameof(Edges))]
    public void A_hash_falls_exactly_where_it_is_projected(string key, uint hash, string evaluator)
    {
        var asked = evaluators[evaluator];
        foreach (var total in (int[])[2, 3, 100, 1_000_003, int.MaxValue])
        {
            var place = (int)((BigInteger)hash * total >> 32);
            // The first bucket ends directly before the place, and directly behind it.
            foreach (var (end, variant) in ((int, string)[])[(place, "b"), (place + 1, "a")])
            {
                asked.Load(Flag($$"""{"fractional":[{"var":"targetingKey"},["a",{{end}}],["b",{{total - end}}]]}"""));
                Assert.Equal(variant, asked.Ask([Question(key)])[0].Variant);
            }
        }
    }

    [Fact]
    public void Callers_are_divided_as_the_weights_say()
    {
        foreach (var weights in Weightings)
        {
            var table = evaluators["table"];
            table.Load(Flag(Rule(weights)));
            var counts = new int[weights.Length];
            for (var key = 0; key < Keys; key++)
                counts[table.Ask([Question($"user-{key}")])[0].Variant![0] - 'a']++;

            var total = weights.Sum(static weight => (long)weight);
            for (var i = 0; i < weights.Length; i++)
                Assert.Equal((double)weights[i] / total, (double)counts[i] / Keys, Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void Every_evaluator_divides_them_alike(string evaluator)
    {
        foreach (var weights in Weightings.Take(4))
        {
            Question[] questions = [.. Enumerable.Range(0, KeysOfOthers / 4).Select(static key => Question($"user-{key}"))];
            evaluators["table"].Load(Flag(Rule(weights)));
            evaluators[evaluator].Load(Flag(Rule(weights)));

            Assert.Equal(evaluators["table"].Ask(questions), evaluators[evaluator].Ask(questions));
        }
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void Who_is_in_stays_in_while_a_share_is_raised(string evaluator)
    {
        var asked = evaluators[evaluator];
        Question[] questions = [.. Enumerable.Range(0, 4_000).Select(static key => Question($"user-{key}"))];
        var before = new bool[questions.Length];
        foreach (var percent in (int[])[0, 1, 2, 5, 10, 25, 33, 50, 75, 99, 100])
        {
            asked.Load(Flag($$"""{"fractional":[["a",{{percent}}],["b",{{100 - percent}}]]}"""));
            bool[] now = [.. asked.Ask(questions).Select(static answer => answer.Variant == "a")];
            Assert.DoesNotContain(true, before.Zip(now, static (was, is_) => was && !is_));
            before = now;
        }

        Assert.DoesNotContain(false, before);
    }

    private static string Rule(int[] weights) =>
        $$"""{"fractional":[{{string.Join(',', weights.Select(static (weight, i) => $"[\"{(char)('a' + i)}\",{weight}]"))}}]}""";

    private static World Flag(string rule) =>
        World.Of(Host.Plain, ("f", $$"""{"state":"ENABLED","variants":{"a":1,"b":2,"c":3,"d":4,"e":5},"targeting":{{rule}}}"""));

    private static Question Question(string key) => new("f", key, Nothing, new Moment(Worlds.Epoch));
}
