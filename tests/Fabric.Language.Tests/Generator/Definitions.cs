using System.Globalization;
using System.Text.Json.Nodes;

namespace Fabric.Language.Tests.Generator;

/// <summary>Makes flags' definitions.</summary>
/// <param name="dice">Chance.</param>
/// <param name="atoms">Values.</param>
/// <param name="profile">What is generated.</param>
/// <param name="now">The moment that times are around.</param>
internal sealed class Definitions(Dice dice, Atoms atoms, Profile profile, ulong now)
{
    private const ulong Second = 1_000_000_000;

    /// <summary>Build-ids that flags require, and of which a host has attached to some.</summary>
    internal static readonly string[] Builds = ["00112233", "8c8f2b94a7d1e6f05b3c8c8f2b94a7d1e6f05b3c", new('f', 64)];

    /// <summary>Names of variants, before there is a caller that may know one.</summary>
    internal IReadOnlyList<string> Variants() => dice.Weighted<string[]>(
        (45, static () => ["on", "off"]),
        (10, static () => ["true", "false"]),
        (20, static () => ["gold", "silver", "bronze"]),
        (10, static () => ["on", "größe", "😀", "1"]),
        (5, static () => ["on"]),
        (10, static () => ["on", "off", "true", "5", "a", "pro", "user-1"]));

    internal JsonObject Make(IReadOnlyList<string> variants, Caller caller, IReadOnlyList<(string Key, string Variant)> others)
    {
        var conditions = new Conditions(dice, atoms, caller, Facts());
        var results = new Results(dice, atoms, profile, conditions, variants);
        conditions.Fractional = results.Fractional;
        var flag = new JsonObject { ["state"] = dice.Chance(96) ? "ENABLED" : "DISABLED", ["variants"] = Values(variants) };
        if (dice.Chance(85))
            flag["defaultVariant"] = dice.Chance(90) ? dice.Pick(variants) : null;
        if (dice.Chance(90))
            flag["targeting"] = dice.Chance(97) ? results.Targeting(dice.Between(1, 3)) : new JsonObject();
        if (profile == Profile.Fabric)
            AddFields(flag, variants, others);
        return flag;
    }

    /// <summary>A time of RFC 3339, in one of its forms.</summary>
    internal string Time(ulong nanoseconds)
    {
        var at = DateTimeOffset.UnixEpoch.AddTicks((long)(nanoseconds / 100));
        return dice.Pick(
            at.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
            at.ToOffset(TimeSpan.FromMinutes(90)).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture),
            at.ToOffset(TimeSpan.FromHours(-7)).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture));
    }

    private string[] Facts()
    {
        string[] own = ["targetingKey", "$flagd.flagKey", "$flagd.timestamp"];
        string[] more = profile == Profile.Fabric
            ? ["host.name", "host.labels.zone", "host.labels.size", "host.labels.version", "host.labels.none", "process.exe", "process.uid", "process.comm", "process.cgroup", "process.other", "host.other"]
            : [];
        // A rule looks at few facts, some of them more than once.
        return [.. own, .. more, .. Callers.Names, .. Callers.Names, .. Enumerable.Repeat(dice.Pick(Callers.Names), 8), .. Enumerable.Repeat(dice.Pick(Callers.Names), 8)];
    }

    private JsonObject Values(IReadOnlyList<string> variants)
    {
        var make = dice.Pick<Func<int, JsonNode>>(
            static i => i % 2 == 0,
            static i => $"value {i}",
            static i => i * 1.5,
            static i => new JsonObject { ["size"] = i, ["list"] = new JsonArray(1, null, "ä") });
        var values = new JsonObject();
        for (var i = 0; i < variants.Count; i++)
            values[variants[i]] = make(i);
        return values;
    }

    private void AddFields(JsonObject flag, IReadOnlyList<string> variants, IReadOnlyList<(string Key, string Variant)> others)
    {
        if (dice.Chance(15))
            flag["salt"] = dice.Pick("", "s", "sample", "größe", "01234567890123456789012345678901234567890123456789012345678901", "f1");
        if (dice.Chance(12))
            flag["activateAt"] = Time(Around());
        if (dice.Chance(25))
            flag["ramp"] = Ramp(variants);
        if (dice.Chance(12))
            flag["staleAfter"] = new JsonObject { ["after"] = dice.Pick("5s", "30s", "1m", "90s", "1h", "720h"), ["variant"] = dice.Chance(85) ? dice.Pick(variants) : null };
        if (others.Count > 0 && dice.Chance(25))
        {
            flag["prerequisites"] = new JsonArray([.. Enumerable.Range(0, dice.Between(1, 2))
                .Select(_ => dice.Pick(others))
                .DistinctBy(static other => other.Key)
                .Select(static other => (JsonNode)new JsonObject { ["flag"] = other.Key, ["variant"] = other.Variant })]);
        }

        if (dice.Chance(flag.ContainsKey("prerequisites") || flag.ContainsKey("activateAt") ? 70 : 10))
            flag["offVariant"] = dice.Chance(90) ? dice.Pick(variants) : null;
        if (dice.Chance(15))
            flag["requiresBuild"] = new JsonArray([.. Enumerable.Range(0, dice.Between(1, 3)).Select(_ => dice.Pick(Builds)).Distinct().Select(static id => (JsonNode)id)]);
    }

    private JsonObject Ramp(IReadOnlyList<string> variants)
    {
        var start = Around();
        return new JsonObject
        {
            ["variant"] = dice.Pick(variants),
            ["from"] = Percent(),
            ["to"] = Percent(),
            ["start"] = Time(start),
            ["end"] = Time(start + (ulong)dice.Between(1, 400) * Second),
        };
    }

    private JsonNode Percent() => dice.Weighted<JsonNode>(
        (30, static () => 0), (30, static () => 100), (20, () => dice.Below(101)), (20, () => JsonValue.Create(dice.Below(100_001) / 1000m)));

    private ulong Around() => dice.Chance(15) ? now : now - 200 * Second + (ulong)dice.Below(400) * Second;
}
