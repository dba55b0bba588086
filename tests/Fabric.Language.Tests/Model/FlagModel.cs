using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Fabric.Language.Tests.Model;

/// <summary>The order of an answer, as docs/flag-language.md has it.</summary>
internal sealed class FlagModel(World world, ProcessFacts process, Observations seen)
{
    internal Answer Answer(Question question)
    {
        seen.Departures.Clear();
        return Answer(question.Flag, question, new Facts(world.Host, process, question, seen));
    }

    private Answer Answer(string key, Question question, Facts facts)
    {
        if (!world.Flags.TryGetValue(key, out var flag))
            return new Answer(null, Reason.NotFound);
        if (flag.GetProperty("state").GetString() == "DISABLED")
            return new Answer(null, Reason.Disabled);
        if (flag.TryGetProperty("requiresBuild", out var builds) && !builds.EnumerateArray().Any(build => world.Host.Builds.Contains(build.GetString()!)))
            return new Answer(null, Reason.Default);
        if (flag.TryGetProperty("staleAfter", out var stale) && question.Moment.SilenceNanoseconds > Duration(stale.GetProperty("after").GetString()!))
            return new Answer(stale.GetProperty("variant").GetString(), Reason.Stale);
        if (IsToCome(flag, question.Moment) || !PrerequisitesHold(flag, question, facts))
            return new Answer(Name(flag, "offVariant"), Reason.Default);

        var salt = flag.TryGetProperty("salt", out var own) ? own.GetString()! : key;
        var hasRule = flag.TryGetProperty("targeting", out var rule) && rule.EnumerateObject().Any();
        if (hasRule && Target(flag, key, salt, rule, facts) is { } targeted)
            return targeted;
        if (flag.TryGetProperty("ramp", out var ramp) && facts.Targeting() is Value.Text { Is.Length: > 0 } caller
            && IsInShare(ramp, salt + caller.Is, question.Moment.UnixNanoseconds))
        {
            return new Answer(ramp.GetProperty("variant").GetString(), Reason.Split);
        }

        var variant = Name(flag, "defaultVariant");
        return new Answer(variant, variant is null || hasRule || ramp.ValueKind != JsonValueKind.Undefined ? Reason.Default : Reason.Static);
    }

    /// <summary>What targeting decides; null where it decides nothing.</summary>
    private Answer? Target(JsonElement flag, string key, string salt, JsonElement rule, Facts facts)
    {
        var expressions = new Expressions(key, salt, facts, seen);
        seen.See(Departure.ConstantFails, ConstantFailure.IsIn(rule));
        try
        {
            var result = expressions.Evaluate(rule);
            if (result is Value.Nothing)
                return null;
            seen.See(Departure.ResultAsText, result is not (Value.Text or Value.Truth));
            var name = result switch
            {
                Value.Text text => text.Is,
                Value.Truth truth => truth.Holds ? "true" : "false",
                _ => null,
            };
            return name is not null && flag.GetProperty("variants").TryGetProperty(name, out _)
                ? new Answer(name, Reason.TargetingMatch)
                : new Answer(null, Reason.Error);
        }
        catch (EvaluationFailedException)
        {
            return new Answer(null, Reason.Error);
        }
    }

    private bool PrerequisitesHold(JsonElement flag, Question question, Facts facts) =>
        !flag.TryGetProperty("prerequisites", out var all) || all.EnumerateArray().All(needed =>
            Answer(needed.GetProperty("flag").GetString()!, question, facts).Variant == needed.GetProperty("variant").GetString()!);

    private static bool IsToCome(JsonElement flag, Moment moment) =>
        flag.TryGetProperty("activateAt", out var at) && moment.UnixNanoseconds < Time(at.GetString()!);

    private static string? Name(JsonElement flag, string field) => flag.TryGetProperty(field, out var name) ? name.GetString() : null;

    /// <summary>hash / 2^32 &lt; (from + (to - from) * (t - start) / (end - start)) / 100, without a rounding.</summary>
    private static bool IsInShare(JsonElement ramp, string hashed, ulong now)
    {
        BigInteger start = Time(ramp.GetProperty("start").GetString()!), end = Time(ramp.GetProperty("end").GetString()!);
        var (from, to) = (Thousandths(ramp.GetProperty("from")), Thousandths(ramp.GetProperty("to")));
        var time = BigInteger.Max(start, BigInteger.Min(end, now));
        var share = from * (end - start) + (to - from) * (time - start);
        return (BigInteger)Murmur3.Hash(hashed) * 100_000 * (end - start) < share << 32;
    }

    private static BigInteger Thousandths(JsonElement percent) => (BigInteger)(percent.GetDecimal() * 1000);

    private static ulong Duration(string text)
    {
        var number = ulong.Parse(text[..^1], CultureInfo.InvariantCulture);
        return number * 1_000_000_000 * text[^1] switch { 's' => 1UL, 'm' => 60UL, _ => 3600UL };
    }

    private static ulong Time(string text) =>
        (ulong)(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).Ticks * 100;
}
