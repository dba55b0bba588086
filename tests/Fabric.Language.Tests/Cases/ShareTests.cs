using System.Globalization;
using System.Text;
using System.Text.Json;
using Fabric.Language.Tests.Differential;
using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Cases;

/// <summary>Shares of a rollout and of a ramp, counted.</summary>
public sealed class ShareTests(Doors doors) : IClassFixture<Doors>
{
    private const int Keys = 1_000_000;
    private const ulong Start = 1_700_000_000_000_000_000;
    private const ulong Hour = 3_600_000_000_000;

    [Theory]
    [InlineData("""{"fractional":[WEIGHTS]}""", 50, 50)]
    [InlineData("""{"fractional":[WEIGHTS]}""", 1, 9, 90)]
    [InlineData("""{"fractional":[{"cat":["seed-",{"var":"targetingKey"}]},WEIGHTS]}""", 25, 25, 25, 25)]
    [InlineData("""{"if":[{"!=":[{"var":"targetingKey"},""]},{"fractional":[{"var":"targetingKey"},WEIGHTS]},null]}""", 5, 95)]
    public void A_million_keys_fall_into_their_shares(string rule, params int[] weights)
    {
        using var table = new TableEvaluator();
        table.Load(World.Of(Host.Plain, ("f", Definition(rule, weights))));
        var nothing = JsonElement.Parse("{}");
        var counts = table.Ask([.. Enumerable.Range(0, Keys).Select(key => new Question("f", $"user-{key}", nothing, new Moment(Start)))])
            .CountBy(static answer => answer.Variant!).ToDictionary();

        for (var i = 0; i < weights.Length; i++)
            Assert.InRange(counts[$"v{i}"] / (double)Keys, weights[i] / (double)weights.Sum() - 0.002, weights[i] / (double)weights.Sum() + 0.002);
    }

    [Fact]
    public void Raising_a_share_takes_nobody_out()
    {
        (string?, string)[] callers = [.. Enumerable.Range(0, 20_000).Select(static key => ((string?)$"user-{key}", "{}"))];
        var before = new HashSet<int>();
        foreach (var percent in new[] { 0, 1, 2, 10, 33, 50, 99, 100 })
        {
            var answers = doors.Answers(Definition("""{"if":[{"var":"targetingKey"},{"fractional":[WEIGHTS]}]}""", percent, 100 - percent), callers);
            var now = Enumerable.Range(0, callers.Length).Where(i => answers[i].Variant == "v0").ToHashSet();
            Assert.Superset(before, now);
            before = now;
        }

        Assert.Equal(callers.Length, before.Count);
    }

    /// <summary>flagd's published edge values of the hash.</summary>
    [Theory]
    [InlineData("ejOoVL", 0u)]
    [InlineData("bY9fO-", 1u)]
    [InlineData("SI7p-", 0x7fffffffu)]
    [InlineData("6LvT0", 0x80000000u)]
    [InlineData("ceQdGm", 0xffffffffu)]
    public void A_published_hash_falls_into_its_bucket(string key, uint hash)
    {
        foreach (var weights in new[] { new[] { 50, 50 }, [1, 99], [99, 1], [1, int.MaxValue - 1] })
        {
            var point = (long)((ulong)hash * (ulong)weights.Sum(static weight => (long)weight) >> 32);
            Assert.Equal(point < weights[0] ? "v0" : "v1", doors.Answer(Definition("""{"if":[true,{"fractional":[{"var":"targetingKey"},WEIGHTS]}]}""", weights), "{}", key).Variant);
        }
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(80, 20)]
    [InlineData(12.5, 12.625)]
    public void A_ramps_share_is_its_formula_at_any_moment(double from, double to)
    {
        var definition = $$"""
            {"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","salt":"grain",
             "ramp":{"variant":"on","from":{{from.ToString(CultureInfo.InvariantCulture)}},"to":{{to.ToString(CultureInfo.InvariantCulture)}},"start":"2023-11-14T22:13:20Z","end":"2023-11-14T23:13:20Z"} }
            """;
        (string?, string)[] callers = [.. Enumerable.Range(0, 20_000).Select(static key => ((string?)$"user-{key}", "{}"))];
        foreach (var moment in new[] { Start - 1, Start, Start + 1, Start + Hour / 7, Start + Hour / 2, Start + Hour - 1, Start + Hour, Start + 9 * Hour })
        {
            var progress = Math.Clamp((moment - (double)Start) / Hour, 0, 1);
            var share = (from + (to - from) * progress) / 100;
            var answers = doors.Answers(definition, callers, moment);

            for (var i = 0; i < callers.Length; i++)
            {
                var point = Murmur3.Hash(Encoding.UTF8.GetBytes($"grain{callers[i].Item1}")) / 4294967296.0;
                // Nearer than a double tells, either is right.
                if (Math.Abs(point - share) > 1e-9)
                    Assert.Equal(point < share ? "on" : "off", answers[i].Variant);
            }
        }
    }

    private static string Definition(string rule, params int[] weights)
    {
        var variants = string.Join(',', weights.Select(static (_, i) => $"\"v{i}\":{i}"));
        var buckets = string.Join(',', weights.Select(static (weight, i) => $"[\"v{i}\",{weight}]"));
        var targeting = rule.Replace("WEIGHTS", buckets, StringComparison.Ordinal);
        return $$"""{"state":"ENABLED","variants":{ {{variants}} },"targeting":{{targeting}} }""";
    }
}
