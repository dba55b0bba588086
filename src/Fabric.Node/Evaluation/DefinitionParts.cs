using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Fabric.Flags.Definitions;

namespace Fabric.Node.Evaluation;

/// <summary>Another flag that must answer a certain variant.</summary>
internal readonly record struct Wanted(string Flag, string Variant);

/// <summary>A share of the callers that changes evenly with time; shares are parts of 2^32.</summary>
internal sealed record RampParts(string Variant, ulong From, ulong To, DateTimeOffset Start, DateTimeOffset End);

/// <summary>How long a host may be without the fabric, and what is answered then.</summary>
internal sealed record StaleParts(TimeSpan After, string? Variant);

/// <summary>
/// What evaluation over HTTP needs of a definition beside what it says in words of its own: read once from its JSON and
/// kept as long as the definition itself.
/// </summary>
internal sealed record DefinitionParts
{
    private static readonly ConditionalWeakTable<FlagDefinition, DefinitionParts> Known = [];

    /// <summary>Stands for the flag's key in what is hashed; null for the key itself.</summary>
    public string? Salt { get; private init; }

    /// <summary>JSONLogic as text; null for none.</summary>
    public string? Targeting { get; private init; }

    public DateTimeOffset? ActivateAt { get; private init; }
    public string? OffVariant { get; private init; }
    public ImmutableArray<Wanted> Prerequisites { get; private init; } = [];
    public RampParts? Ramp { get; private init; }
    public StaleParts? Stale { get; private init; }

    /// <summary>The metadata's JSON; empty for none.</summary>
    public ReadOnlyMemory<byte> Metadata { get; private init; }

    /// <summary>The variants' values as JSON, in their order.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Values { get; private init; } = [];

    public static DefinitionParts Of(FlagDefinition definition) => Known.GetValue(definition, Read);

    private static DefinitionParts Read(FlagDefinition definition)
    {
        using var document = JsonDocument.Parse(definition.Json);
        var root = document.RootElement;
        return new DefinitionParts
        {
            Salt = Text(root, "salt"),
            Targeting = Member(root, "targeting", JsonValueKind.Object) is { } rule && rule.EnumerateObject().Any() ? rule.GetRawText() : null,
            ActivateAt = Time(root, "activateAt"),
            OffVariant = Text(root, "offVariant"),
            Prerequisites = Member(root, "prerequisites", JsonValueKind.Array) is { } list
                ? [.. list.EnumerateArray().Select(one => new Wanted(Text(one, "flag") ?? "", Text(one, "variant") ?? ""))]
                : [],
            Ramp = Member(root, "ramp", JsonValueKind.Object) is { } ramp ? ReadRamp(ramp) : null,
            Stale = Member(root, "staleAfter", JsonValueKind.Object) is { } stale ? new StaleParts(Span(Text(stale, "after")), Text(stale, "variant")) : null,
            Metadata = Member(root, "metadata", JsonValueKind.Object) is { } metadata && metadata.EnumerateObject().Any()
                ? Encoding.UTF8.GetBytes(metadata.GetRawText())
                : default,
            Values = [.. definition.Variants.Select(variant => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(variant.Json))],
        };
    }

    private static RampParts? ReadRamp(JsonElement ramp) =>
        Text(ramp, "variant") is { } variant && Time(ramp, "start") is { } start && Time(ramp, "end") is { } end && end > start
            ? new RampParts(variant, Share(ramp, "from"), Share(ramp, "to"), start, end)
            : null;

    private static ulong Share(JsonElement ramp, string name) =>
        Member(ramp, name, JsonValueKind.Number) is { } percent && percent.TryGetDecimal(out var number)
            ? (ulong)(Math.Clamp(number, 0, 100) * (1UL << 32) / 100)
            : 0;

    private static JsonElement? Member(JsonElement container, string name, JsonValueKind kind) =>
        container.ValueKind == JsonValueKind.Object && container.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;

    private static string? Text(JsonElement container, string name) => Member(container, name, JsonValueKind.String)?.GetString();

    private static DateTimeOffset? Time(JsonElement container, string name) =>
        DateTimeOffset.TryParse(Text(container, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static TimeSpan Span(string? text) => text is { Length: > 1 } && long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? text[^1] switch
        {
            'h' => TimeSpan.FromHours(number),
            'm' => TimeSpan.FromMinutes(number),
            _ => TimeSpan.FromSeconds(number),
        }
        : TimeSpan.MaxValue;
}
