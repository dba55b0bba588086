using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Fabric.Language.Tests.Generator;
using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Named;

/// <summary>Shares that grow and shrink with time.</summary>
public sealed class RampTests(Evaluators evaluators) : IClassFixture<Evaluators>
{
    private const ulong Second = 1_000_000_000;
    private const ulong Start = Worlds.Epoch;
    private const ulong Length = 3_600 * Second;

    /// <summary>Keys whose share is counted in the table; the others answer for enough to see that they say the same.</summary>
    private const int Keys = 200_000;

    private const int KeysOfOthers = 8_000;

    /// <summary>In 2^-32: docs/flag-language.md.</summary>
    private const int Exactness = 2;

    private static readonly JsonElement Nothing = JsonElement.Parse("{}");
    private static readonly (decimal From, decimal To)[] Ramps = [(0, 100), (12.345m, 67.891m), (80, 20.001m)];
    private static readonly double[] Times = [-0.5, 0, 0.000001, 0.25, 0.7123, 1, 2];

    public static TheoryData<string> Each() => [.. Evaluators.Names];

    [Theory]
    [MemberData(nameof(Each))]
    public void Who_is_in_a_ramp_is_who_lies_below_its_share(string evaluator)
    {
        var asked = evaluators[evaluator];
        var keys = evaluator == "table" ? Keys : KeysOfOthers;
        foreach (var (from, to) in Ramps)
        {
            asked.Load(Flag(from, to));
            foreach (var time in Times)
            {
                var now = (ulong)(Start + time * Length);
                var share = Share(from, to, now);
                var inside = 0;
                for (var key = 0; key < keys; key++)
                {
                    var answer = asked.Ask([Question($"user-{key}", now)])[0];
                    var hash = Murmur3.Hash($"fuser-{key}");
                    if (Math.Abs(hash - share) > Exactness)
                        Assert.Equal(hash < share ? new Answer("on", Reason.Split) : new Answer("off", Reason.Default), answer);
                    inside += answer.Variant == "on" ? 1 : 0;
                }

                // Within five standard deviations.
                var part = share / Math.Pow(2, 32);
                Assert.Equal(part, (double)inside / keys, 5 * Math.Sqrt(part * (1 - part) / keys) + 1e-9);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void A_caller_comes_in_at_the_moment_that_the_formula_says(string evaluator)
    {
        var asked = evaluators[evaluator];
        foreach (var (from, to) in Ramps)
        {
            asked.Load(Flag(from, to));
            var met = 0;
            for (var key = 0; key < 2_000; key++)
            {
                var turn = Turn(from, to, Murmur3.Hash($"fuser-{key}"));
                if (turn is not { } at)
                    continue;
                // By so much time the share changes by as little as it is exact to.
                var around = (ulong)Math.Ceiling(Exactness * (double)Length / (Math.Pow(2, 32) * (double)Math.Abs(to - from) / 100)) + 1;
                var before = asked.Ask([Question($"user-{key}", at - around)])[0].Variant;
                var after = asked.Ask([Question($"user-{key}", at + around)])[0].Variant;
                Assert.Equal(from < to ? ("off", "on") : ("on", "off"), (before, after));
                met++;
            }

            Assert.InRange(met, (int)(Math.Abs(to - from) / 100 * 2_000 * 0.8m), 2_000);
        }
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void Without_a_key_nobody_is_in(string evaluator)
    {
        var asked = evaluators[evaluator];
        asked.Load(Flag(100, 100));
        foreach (var key in (string?[])[null, "", new string('k', 256)])
            Assert.Equal(new Answer("off", Reason.Default), asked.Ask([Question(key, Start)])[0]);
        Assert.Equal(new Answer("on", Reason.Split), asked.Ask([Question(new string('k', 255), Start)])[0]);
    }

    /// <summary>The share in 2^-32, by the document's formula.</summary>
    private static double Share(decimal from, decimal to, ulong now)
    {
        var part = Math.Clamp(((double)now - Start) / Length, 0, 1);
        return ((double)from + (double)(to - from) * part) / 100 * Math.Pow(2, 32);
    }

    /// <summary>When the share passes a hash; null where it never does.</summary>
    private static ulong? Turn(decimal from, decimal to, uint hash)
    {
        var (start, end) = ((BigInteger)(from * 1000), (BigInteger)(to * 1000));
        // hash / 2^32 = (from + (to - from) * (t - start) / length) / 100,000
        var over = ((BigInteger)hash * 100_000 - (start << 32)) * Length;
        var under = (end - start) << 32;
        var at = over / under;
        return over.Sign == under.Sign && at > 1_000 && at < Length - 1_000 ? Start + (ulong)at : null;
    }

    private static World Flag(decimal from, decimal to) => World.Of(Host.Plain, ("f", $$$"""
        {"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","ramp":{"variant":"on","from":{{{Number(from)}}},"to":{{{Number(to)}}},"start":"2026-12-01T09:00:00Z","end":"2026-12-01T10:00:00Z"}}
        """));

    private static string Number(decimal number) => number.ToString(CultureInfo.InvariantCulture);

    private static Question Question(string? key, ulong now) => new("f", key, Nothing, new Moment(now));
}
