using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fabric.Flags.Attachments;
using Fabric.Flags.Targeting;

namespace Fabric.Flags.Definitions;

/// <summary>Reads the fields of a definition that are Fabric's own, beside flagd's.</summary>
internal sealed class FabricFieldReader(JsonElement root, ImmutableArray<Variant> variants, ImmutableArray<Problem>.Builder problems)
{
    internal string? Salt()
    {
        if (!root.TryGetProperty("salt", out var salt))
            return null;
        if (salt.ValueKind == JsonValueKind.String && salt.GetString() is { } text
            && Encoding.UTF8.GetByteCount(text) <= Limits.SaltBytes && !text.Any(char.IsControl))
        {
            return text;
        }

        return Refuse<string>("/salt", $"must be a string of at most {Limits.SaltBytes} bytes without control characters");
    }

    internal DateTimeOffset? ActivateAt() => root.TryGetProperty("activateAt", out var time) ? Time(time, "/activateAt") : null;

    internal int? OffVariant() => root.TryGetProperty("offVariant", out var name) ? VariantOrNull(name, "/offVariant") : null;

    internal ImmutableArray<Prerequisite> Prerequisites()
    {
        const string place = "/prerequisites";
        if (!root.TryGetProperty("prerequisites", out var list))
            return [];
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > Limits.Prerequisites)
        {
            problems.Add(new Problem(place, $"must be an array of at most {Limits.Prerequisites} of {{\"flag\": KEY, \"variant\": NAME}}"));
            return [];
        }

        var read = ImmutableArray.CreateBuilder<Prerequisite>();
        foreach (var item in list.EnumerateArray())
        {
            if (Prerequisite(item, Pointer.Child(place, read.Count), read) is { } one)
                read.Add(one);
        }

        return read.ToImmutable();
    }

    private Prerequisite? Prerequisite(JsonElement item, string place, IReadOnlyCollection<Prerequisite> before)
    {
        if (!HasOnly(item, place, "flag", "variant"))
            return null;
        if (Text(item, "flag") is not { } flag || FlagKey.WhyNot(flag) is not null)
            return Refuse<Prerequisite>($"{place}/flag", "must be the key of a flag");
        if (Text(item, "variant") is not { Length: > 0 } variant)
            return Refuse<Prerequisite>($"{place}/variant", "must be the name of a variant of that flag");
        return before.Any(other => other.Flag == flag)
            ? Refuse<Prerequisite>($"{place}/flag", $"\"{flag}\" stands there twice")
            : new Prerequisite(flag, variant);
    }

    internal Ramp? Ramp()
    {
        const string place = "/ramp";
        if (!root.TryGetProperty("ramp", out var ramp) || !HasOnly(ramp, place, "variant", "from", "to", "start", "end"))
            return null;
        var variant = ramp.TryGetProperty("variant", out var name) && name.ValueKind == JsonValueKind.String
            ? VariantOrNull(name, $"{place}/variant")
            : RefuseValue<int>($"{place}/variant", "must be the name of a variant");
        var (from, to) = (Percentage(ramp, "from"), Percentage(ramp, "to"));
        var (start, end) = (TimeIn(ramp, "start"), TimeIn(ramp, "end"));
        if (start >= end)
            problems.Add(new Problem($"{place}/end", "must be later than \"start\""));
        return variant is { } index && from is { } low && to is { } high && start is { } first && end is { } last && first < last
            ? new Ramp(index, low, high, first, last)
            : null;
    }

    internal Staleness? Staleness()
    {
        const string place = "/staleAfter";
        if (!root.TryGetProperty("staleAfter", out var stale) || !HasOnly(stale, place, "after", "variant"))
            return null;
        var before = problems.Count;
        var after = Text(stale, "after") is { } text ? Duration(text) : null;
        if (after is null)
            problems.Add(new Problem($"{place}/after", "must be a whole number with s, m or h, such as \"30s\", from 5 s to 30 days"));
        var variant = stale.TryGetProperty("variant", out var name)
            ? VariantOrNull(name, $"{place}/variant")
            : RefuseValue<int>($"{place}/variant", "missing; the name of a variant, or null");
        return problems.Count > before ? null : new Staleness(after!.Value, variant);
    }

    internal ImmutableArray<string> RequiresBuild()
    {
        const string place = "/requiresBuild";
        if (!root.TryGetProperty("requiresBuild", out var list))
            return [];
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            problems.Add(new Problem(place, $"must be an array of 1 to {Limits.BuildIds} build-ids"));
            return [];
        }

        // What is no string is refused as an id that is none.
        var ids = list.EnumerateArray().Select(static id => id.ValueKind == JsonValueKind.String ? id.GetString()! : "").ToImmutableArray();
        problems.AddRange(BuildId.Problems(ids, place));
        return ids;
    }

    /// <summary>Whether it is an object with none but these fields.</summary>
    private bool HasOnly(JsonElement value, string place, params string[] names)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new Problem(place, $"must be an object with {string.Join(", ", names)}"));
            return false;
        }

        foreach (var property in value.EnumerateObject().Where(property => !names.Contains(property.Name)))
            problems.Add(new Problem(Pointer.Child(place, property.Name), $"unknown field; there are {string.Join(", ", names)}"));
        return true;
    }

    private int? VariantOrNull(JsonElement name, string place)
    {
        if (name.ValueKind == JsonValueKind.Null)
            return null;
        if (name.ValueKind != JsonValueKind.String)
            return RefuseValue<int>(place, "must be the name of a variant, or null");
        var index = DefinitionParser.IndexOf(variants, name.GetString()!);
        return index >= 0 ? index : RefuseValue<int>(place, $"names \"{name.GetString()}\", which is not among the variants");
    }

    private int? Percentage(JsonElement ramp, string name)
    {
        if (ramp.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetDecimal(out var percent)
            && percent is >= 0 and <= 100 && percent * 1000 == decimal.Truncate(percent * 1000))
        {
            return (int)(percent * 1000);
        }

        return RefuseValue<int>($"/ramp/{name}", "must be a percentage from 0 to 100 with at most 3 decimals");
    }

    private DateTimeOffset? TimeIn(JsonElement ramp, string name) =>
        Time(ramp.TryGetProperty(name, out var time) ? time : default, $"/ramp/{name}");

    private DateTimeOffset? Time(JsonElement time, string place) =>
        (time.ValueKind == JsonValueKind.String ? Rfc3339.Parse(time.GetString()!) : null) ?? RefuseValue<DateTimeOffset>(place, Rfc3339.Form);

    private static TimeSpan? Duration(string text)
    {
        var unit = text.Length > 1 ? text[^1] switch { 's' => 1L, 'm' => 60, 'h' => 3600, _ => 0 } : 0;
        if (unit == 0 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count > (long)Definitions.Staleness.Longest.TotalSeconds)
        {
            return null;
        }

        var time = TimeSpan.FromSeconds(count * unit);
        return time >= Definitions.Staleness.Shortest && time <= Definitions.Staleness.Longest ? time : null;
    }

    private static string? Text(JsonElement value, string name) =>
        value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private T? Refuse<T>(string place, string reason) where T : class
    {
        problems.Add(new Problem(place, reason));
        return null;
    }

    private T? RefuseValue<T>(string place, string reason) where T : struct
    {
        problems.Add(new Problem(place, reason));
        return null;
    }
}
