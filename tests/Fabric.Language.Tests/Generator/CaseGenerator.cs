using System.Globalization;
using System.Text.Json;
using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Generator;

/// <summary>Flags that may ask one another, by key; their definitions are JSON.</summary>
internal sealed record CaseSet(IReadOnlyDictionary<string, string> Definitions, IReadOnlyList<Caller> Callers);

/// <summary>Random sets of flags and the callers who ask them.</summary>
internal sealed class CaseGenerator(Draw draw)
{
    private const long Second = 1_000_000_000;
    private static readonly DateTimeOffset Noon = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly long[] Offsets = [-7200, -60, -1, 0, 1, 60, 3600];
    private static readonly (string Text, long Seconds)[] Durations = [("5s", 5), ("30s", 30), ("1m", 60), ("2h", 7200)];

    internal static Host Host { get; } = new("node-1", new Dictionary<string, string>(StringComparer.Ordinal) { ["zone"] = "pro", ["tier"] = "1" });

    /// <summary>A set whose keys begin with <paramref name="prefix"/>.</summary>
    internal CaseSet Next(string prefix, int callers)
    {
        var definitions = new Dictionary<string, string>(StringComparer.Ordinal);
        var variants = new Dictionary<string, string[]>(StringComparer.Ordinal);
        for (var count = 1 + draw.Next(3); count > 0; count--)
        {
            var key = prefix + draw.Of((string[])["a", "ü", "日本", "flag-with-a-longer-key", "\U0001F600"]) + count.ToString(CultureInfo.InvariantCulture);
            definitions[key] = Definition(variants, key);
        }

        return new CaseSet(definitions, [.. Enumerable.Range(0, callers).Select(_ => Caller())]);
    }

    private string Definition(Dictionary<string, string[]> others, string key)
    {
        var (names, values) = draw.Of((  (string[] Names, string Values)[])
        [
            (["on", "off"], """{"on":true,"off":false}"""),
            (["pro", "free", "é"], """{"pro":"x","free":"y","é":"z"}"""),
            (["true", "false"], """{"true":true,"false":false}"""),
            (["a", "b", "1"], """{"a":1,"b":2.5,"1":-3}"""),
            (["on", "a"], """{"on":{"x":1},"a":{}}"""),
        ]);
        var fields = new List<string> { $"\"state\":\"{(draw.Chance(4) ? "DISABLED" : "ENABLED")}\"", $"\"variants\":{values}" };
        if (draw.Chance(80))
            fields.Add($"\"defaultVariant\":{Variant(names)}");
        if (draw.Chance(92))
            fields.Add($"\"targeting\":{(draw.Chance(4) ? "{}" : new RuleGenerator(draw, names).Targeting())}");
        if (draw.Chance(15))
            fields.Add($"\"salt\":{draw.Of((string[])["\"salt\"", "\"日本\"", "\"a\"", "\"s-3\""])}");
        if (draw.Chance(12))
            fields.Add($"\"activateAt\":\"{Time()}\"");
        if (draw.Chance(15))
            fields.Add($"\"offVariant\":{Variant(names)}");
        if (draw.Chance(20))
            fields.Add(Ramp(names));
        if (draw.Chance(12))
            fields.Add($$"""
                "staleAfter":{"after":"{{draw.Of(Durations).Text}}","variant":{{Variant(names)}}}
                """);
        if (others.Count > 0 && draw.Chance(50))
            fields.Add($"\"prerequisites\":[{string.Join(",", others.Take(1 + draw.Next(2)).Select(Prerequisite))}]");
        others[key] = names;
        return $"{{{string.Join(",", fields)}}}";
    }

    private string Variant(string[] names) => draw.Chance(15) ? "null" : Pools.Quote(draw.Of(names));

    private string Prerequisite(KeyValuePair<string, string[]> other) =>
        $$"""{"flag":{{Pools.Quote(other.Key)}},"variant":{{Pools.Quote(draw.Of(other.Value))}}}""";

    private string Ramp(string[] names)
    {
        var start = draw.Of(Offsets);
        var end = start + draw.Of((long[])[1, 60, 3600, 86_400]);
        return $$"""
            "ramp":{"variant":{{Pools.Quote(draw.Of(names))}},"from":{{Percent()}},"to":{{Percent()}},"start":"{{Time(start)}}","end":"{{Time(end)}}"}
            """;
    }

    private string Percent() => draw.Of((string[])["0", "100", "50", "12.5", "33.333", "0.001", "99.999"]);

    private string Time(long? offset = null) =>
        Noon.AddSeconds(offset ?? draw.Of(Offsets)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private Caller Caller()
    {
        var attributes = new List<string>();
        foreach (var name in Pools.Names)
        {
            if (draw.Chance(65))
                attributes.Add($"{Pools.Quote(name)}:{Attribute(name)}");
        }

        if (draw.Chance(10))
            attributes.Add("\"targetingKey\":\"forged\"");
        var key = draw.Chance(15) ? null : draw.Chance(50) ? draw.Of(Pools.Keys) : $"user-{draw.Next(100_000).ToString(CultureInfo.InvariantCulture)}";
        return new Caller(key, JsonDocument.Parse($"{{{string.Join(",", attributes)}}}").RootElement, Now(), Silence());
    }

    private string Attribute(string name) => draw.Next(20) switch
    {
        < 11 => Usual(name),
        < 13 => draw.Of(Pools.Texts),
        < 15 => draw.Of(Pools.NumberTexts),
        < 16 => draw.Of(Pools.Integers),
        < 17 => draw.Of(Pools.Doubles),
        < 18 => draw.Of(Pools.Constants),
        < 19 => draw.Of(Pools.Lists),
        _ => draw.Of(Pools.Objects),
    };

    private string Usual(string name) => name switch
    {
        "age" or "n" => draw.Chance(75) ? draw.Of(Pools.Integers) : draw.Of(Pools.Doubles),
        "ver" => draw.Of(Pools.VersionTexts),
        "list" => draw.Of(Pools.Lists),
        "user" => draw.Of(Pools.Objects),
        "beta" => draw.Of(Pools.Constants),
        _ => draw.Of(Pools.Texts),
    };

    private long Now()
    {
        var at = (Noon - DateTimeOffset.UnixEpoch).Ticks * 100 + draw.Of(Offsets) * Second;
        return draw.Next(3) switch
        {
            0 => at,
            1 => at + draw.Between(-1, 1),
            _ => at + draw.Between(-3600 * Second, 3600 * Second),
        };
    }

    private long Silence() => draw.Chance(60) ? draw.Between(0, 5 * Second) : draw.Of(Durations).Seconds * Second + draw.Between(-1, 1);
}
