using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fabric.Language.Tests.Generator;

/// <summary>A world and what is asked of it.</summary>
/// <param name="Number">Which one of the seed's.</param>
/// <param name="World">The flags and the host.</param>
/// <param name="Questions">Every flag, for several callers.</param>
internal sealed record Case(int Number, World World, ImmutableArray<Question> Questions);

/// <summary>Random worlds. The same seed and number give the same case.</summary>
internal sealed class Worlds(ulong seed, Profile profile)
{
    /// <summary>The first second of the generated clock: 2026-12-01T09:00:00Z.</summary>
    internal const ulong Epoch = 1_796_115_600_000_000_000;

    private const int Flags = 4;
    private const int CallersPerWorld = 6;
    private const ulong Second = 1_000_000_000;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal Case Make(int number)
    {
        var dice = new Dice(seed * 1_000_003 + (ulong)number);
        var callers = new Callers(dice, new Atoms(dice, profile, ofCallers: true));
        var now = Epoch + (ulong)dice.Below(1_000) * Second;
        var definitions = new Definitions(dice, new Atoms(dice, profile, ofCallers: false), profile, now);

        var names = definitions.Variants();
        var caller = callers.Make(names);
        var flags = new List<(string Key, string Json)>();
        var others = new List<(string, string)>();
        for (var i = 0; i < Flags; i++)
        {
            var key = profile == Profile.Fabric ? dice.Pick($"f{i}", $"flag-of-63-bytes-{i}-{new string('x', 44)}", $"größe{i}") : $"f{i}";
            var variants = dice.Chance(50) ? names : definitions.Variants();
            flags.Add((key, Json(definitions.Make(variants, caller, others))));
            others.Add((key, dice.Pick(variants)));
        }

        var world = World.Of(Host(dice), flags);
        var questions = ImmutableArray.CreateBuilder<Question>();
        for (var i = 0; i < CallersPerWorld; i++)
        {
            var who = i == 0 ? caller : callers.Alike(caller);
            var attributes = JsonElement.Parse(Json(who.Attributes));
            var moment = new Moment(now + (dice.Chance(50) ? 0 : (ulong)dice.Below(1_000_000_000)) + (dice.Chance(60) ? 0 : (ulong)dice.Below(300) * Second), Silence(dice));
            questions.AddRange(flags.Select(flag => new Question(flag.Key, who.TargetingKey, attributes, moment)));
            if (dice.Chance(5))
                questions.Add(new Question("nobody's", who.TargetingKey, attributes, moment));
        }

        return new Case(number, world, questions.ToImmutable());
    }

    internal static string Json(JsonNode node) => node.ToJsonString(Readable);

    private static Host Host(Dice dice) => new(
        dice.Pick("a", "node-1"),
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, new[]
        {
            KeyValuePair.Create("zone", dice.Pick("eu", "us", "größe")),
            KeyValuePair.Create("size", dice.Pick("4", "x", "")),
            KeyValuePair.Create("version", dice.Pick("1.4.0", "1")),
        }.Where(_ => dice.Chance(80))))
    {
        Builds = [.. Definitions.Builds.Where(_ => dice.Chance(30))],
    };

    private static ulong Silence(Dice dice) => dice.Weighted<ulong>(
        (70, static () => 0),
        (10, () => (ulong)dice.Pick(4, 5, 6, 30, 31, 60, 61) * Second),
        (10, () => (ulong)dice.Below(100) * Second + (ulong)dice.Below(2)),
        (10, () => dice.Pick(3_600UL, 3_601UL, 2_592_000UL, 2_592_001UL) * Second));
}
