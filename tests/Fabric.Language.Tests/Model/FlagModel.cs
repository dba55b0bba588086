using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Fabric.Language.Tests.Model;

/// <summary>The order of an answer, as docs/flag-language.md has it.</summary>
internal sealed class FlagModel(IReadOnlyDictionary<string, JsonElement> flags, Host host)
{
    internal Answer Ask(string key, Caller caller)
    {
        if (!flags.TryGetValue(key, out var flag))
            return new Answer(null, Reason.NotFound);
        if (flag.GetProperty("state").GetString() == "DISABLED")
            return new Answer(null, Reason.Disabled);
        if (flag.TryGetProperty("staleAfter", out var stale) && caller.SilenceNanoseconds > Duration(stale.GetProperty("after").GetString()!))
            return new Answer(Named(stale, "variant"), Reason.Stale);
        if (!IsActive(flag, caller) || !ArePrerequisitesMet(flag, caller))
            return new Answer(Named(flag, "offVariant"), Reason.Default);
        return Decide(key, flag, caller);
    }

    private Answer Decide(string key, JsonElement flag, Caller caller)
    {
        var salt = Named(flag, "salt") ?? key;
        var hasTargeting = flag.TryGetProperty("targeting", out var targeting) && targeting.EnumerateObject().Any();
        var hasRamp = flag.TryGetProperty("ramp", out var ramp);
        try
        {
            var result = hasTargeting ? new RuleModel(new Facts(key, host, caller), salt).Evaluate(targeting) : new Value.Null();
            if (result is not Value.Null)
                return NameOf(result) is { } name && flag.GetProperty("variants").TryGetProperty(name, out _)
                    ? new Answer(name, Reason.TargetingMatch)
                    : new Answer(null, Reason.Error);
        }
        catch (FailedException)
        {
            return new Answer(null, Reason.Error);
        }

        if (hasRamp && IsInRamp(ramp, salt, caller))
            return new Answer(Named(ramp, "variant"), Reason.Split);
        var usual = Named(flag, "defaultVariant");
        return new Answer(usual, hasTargeting || hasRamp || usual is null ? Reason.Default : Reason.Static);
    }

    private static string? NameOf(Value result) => result switch
    {
        Value.Text text => text.Is,
        Value.Truth truth => truth.Is ? "true" : "false",
        _ => null,
    };

    private static bool IsActive(JsonElement flag, Caller caller) =>
        !flag.TryGetProperty("activateAt", out var at) || caller.UnixNanoseconds >= Nanoseconds(at.GetString()!);

    private bool ArePrerequisitesMet(JsonElement flag, Caller caller) =>
        !flag.TryGetProperty("prerequisites", out var prerequisites) || prerequisites.EnumerateArray().All(wanted =>
            Ask(wanted.GetProperty("flag").GetString()!, caller).Variant == wanted.GetProperty("variant").GetString());

    /// <summary>In whole numbers: percent / 100 &gt; hash / 2^32.</summary>
    private static bool IsInRamp(JsonElement ramp, string salt, Caller caller)
    {
        if (string.IsNullOrEmpty(caller.TargetingKey) || Facts.KeyOf(caller) is null)
            return false;
        var (from, to) = (Thousandths(ramp.GetProperty("from")), Thousandths(ramp.GetProperty("to")));
        var (start, end) = (Nanoseconds(ramp.GetProperty("start").GetString()!), Nanoseconds(ramp.GetProperty("end").GetString()!));
        var t = Math.Clamp(caller.UnixNanoseconds, start, end);
        // The share, times 100,000 (percent in thousandths), times the ramp's length.
        var share = (BigInteger)from * (end - start) + (BigInteger)(to - from) * (t - start);
        return (BigInteger)Murmur3.Of(salt + caller.TargetingKey) * 100_000 * (end - start) < share << 32;
    }

    private static long Thousandths(JsonElement percent) => (long)(percent.GetDecimal() * 1000);

    private static long Nanoseconds(string rfc3339) =>
        (DateTimeOffset.Parse(rfc3339, CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).Ticks * 100;

    private static long Duration(string text) => long.Parse(text[..^1], CultureInfo.InvariantCulture) * text[^1] switch
    {
        's' => 1_000_000_000L,
        'm' => 60_000_000_000L,
        _ => 3_600_000_000_000L,
    };

    private static string? Named(JsonElement owner, string field) =>
        owner.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
